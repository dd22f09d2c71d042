"""Suppliers' bills and expense notes: submitted by the activity, posted or sent back by the accountant, then paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import clock, law, money, vat
from ecp.accounting import open_items, periods, posting
from ecp.accounting.open_items import OpenItem
from ecp.db import hold, session, told
from ecp.errors import NotFound, Problem
from ecp.purchasing import postings, refusals
from ecp.purchasing.errors import ChangedMeanwhile, NoSuchStep, PurchaseInvalid

assert refusals  # noqa: S101 (importing it is what tells the database's refusals)


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """A bill or note; `paid` is what was paid of it."""

    id: int
    enterprise_id: int
    activity_id: int
    activity: str
    party_id: int | None
    party: str
    kind: str
    state: str
    billed_on: date
    due_on: date | None
    nature: str
    label: str
    reference: str
    net: Decimal
    vat: Decimal
    vat_category: str
    is_deductible: bool
    comment: str
    version: int
    paid: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and VAT."""
        return self.net + self.vat

    @property
    def left(self) -> Decimal:
        """What is still to pay."""
        return self.gross - self.paid


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Money paid for a purchase."""

    id: int
    paid_on: date
    means: str
    amount: Decimal
    reference: str


@dataclass(frozen=True, kw_only=True)
class Bought:
    """What a bill or note says, as the activity hands it in: the gross amount, VAT included."""

    party_id: int | None
    kind: str
    billed_on: date
    nature: str
    label: str
    gross: Decimal
    vat_category: str
    due_on: date | None = None
    reference: str = ""


def submit(bought: Bought, *, enterprise_id: int, activity_id: int, key: str) -> int:
    """Hand in a bill or note; gives its id, the same for the same key.

    Raises: PurchaseInvalid.
    """
    known = kept(enterprise_id, key)
    if known is not None:
        return known
    values = {"enterprise": enterprise_id, "activity": activity_id, "key": key, **_columns(bought)}
    _refuse_twice(enterprise_id, values, None)
    made = session.execute(_SUBMIT, values).scalar()
    if made is None:  # the same request, a moment earlier
        made = session.execute(_BY_KEY, {"enterprise": enterprise_id, "key": key}).scalar_one()
    return int(made)


def change(purchase_id: int, bought: Bought, *, version: int) -> None:
    """Correct what was handed in and not yet posted; what was sent back is handed in again.

    Raises: NotFound, PurchaseInvalid, NoSuchStep once posted, ChangedMeanwhile where `version` is not the one read.
    """
    found = one(purchase_id)
    if found.state == "posted":
        raise NoSuchStep
    values = {"enterprise": found.enterprise_id, "purchase": purchase_id, "seen": version, **_columns(bought)}
    _refuse_twice(found.enterprise_id, values, purchase_id)
    if session.execute(_CHANGE, values).scalar() is None:
        raise ChangedMeanwhile
    if found.state == "sent_back":
        _move(found, "submitted", "", None)


def discard(purchase_id: int) -> None:
    """Take back what was handed in and not yet posted; raises NotFound, NoSuchStep."""
    found = one(purchase_id)
    if session.execute(_DISCARD, {"enterprise": found.enterprise_id, "purchase": purchase_id}).scalar() is None:
        raise NoSuchStep


def _columns(bought: Bought) -> dict[str, object]:
    """Check what was bought and share its gross amount in net and VAT; raises PurchaseInvalid."""
    problems = []
    if bought.gross <= 0:
        problems.append(Problem("Une dépense est plus grande que zéro.", "gross"))
    if bought.nature not in postings.NATURES:
        problems.append(Problem("Choisissez ce que c’est.", "nature"))
    if bought.billed_on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "billed_on"))
    if bought.due_on and bought.due_on < bought.billed_on:
        problems.append(Problem("L’échéance précède la date de la pièce.", "due_on"))
    if bought.kind == "bill" and bought.party_id is None:
        problems.append(Problem("Choisissez un fournisseur.", "party_id"))
    if not bought.label.strip():
        problems.append(Problem("À remplir.", "label"))
    if problems:
        raise PurchaseInvalid(problems)
    if not vat.has_rate(bought.vat_category, bought.billed_on):
        raise PurchaseInvalid([Problem("Aucun taux de TVA n’est connu à cette date.", "billed_on")])
    rate = vat.rate(bought.vat_category, bought.billed_on)
    net = money.rounded(bought.gross / (1 + rate))
    return {
        "party": bought.party_id,
        "kind": bought.kind,
        "billed_on": bought.billed_on,
        "due_on": bought.due_on,
        "nature": bought.nature,
        "label": bought.label.strip(),
        "reference": bought.reference.strip(),
        "net": money.centimes(net),
        "vat": money.centimes(bought.gross - net),
        "category": bought.vat_category,
        "deductible": bool(rate and bought.party_id and bought.reference.strip())  # an invoice that names them (R3.13)
        and vat.gives_deduction(bought.vat_category, bought.billed_on),
    }


def _refuse_twice(enterprise_id: int, values: dict[str, object], purchase_id: int | None) -> None:
    """Refuse the same number of the same supplier a second time; raises PurchaseInvalid."""
    wanted = {"enterprise": enterprise_id, "party": values["party"], "reference": values["reference"]}
    if session.execute(_SAME_NUMBER, {**wanted, "purchase": purchase_id}).first():
        data = (("reference", values["reference"]),)
        raise PurchaseInvalid([Problem("La pièce %(reference)s de ce fournisseur est déjà là.", "reference", data)])


def kept(enterprise_id: int, key: str) -> int | None:
    """Give the purchase that a request handed in already, by its key; None where there is none."""
    known = session.execute(_BY_KEY, {"enterprise": enterprise_id, "key": key}).scalar()
    return None if known is None else int(known)


def approve(purchase_id: int, *, version: int | None = None) -> None:
    """Post a purchase that was handed in, as it was read where `version` says which that was.

    One that comes after its month was closed is posted on the first open day, which is the day it was known.

    Raises: NotFound, NoSuchStep, ChangedMeanwhile, NotYours, PeriodClosed.
    """
    _move(one(purchase_id), "posted", "", version)
    found = one(purchase_id)  # locked by now, so that it is what the step was taken on
    posting.post(
        postings.bought(
            purchase_id=found.id,
            enterprise_id=found.enterprise_id,
            activity_id=found.activity_id,
            party_id=found.party_id,
            kind=found.kind,
            on=_posting_day(found),
            due_on=found.due_on or found.billed_on,
            nature=found.nature,
            label=" · ".join(part for part in (found.label, found.party) if part)[:500],
            reference=found.reference,
            net=found.net,
            vat=found.vat,
            is_deductible=found.is_deductible,
        )
    )


def _posting_day(found: Purchase) -> date:
    if not periods.is_closed(found.enterprise_id, found.billed_on):
        return found.billed_on
    return periods.first_open(found.enterprise_id) or found.billed_on


def send_back(purchase_id: int, *, comment: str, version: int | None = None) -> None:
    """Send a purchase back with a word; raises NotFound, NoSuchStep, ChangedMeanwhile."""
    _move(one(purchase_id), "sent_back", comment.strip(), version)


def pay(  # noqa: PLR0913 (what a payment says)
    purchase_id: int, amount: Decimal, *, on: date, means: str, key: str, reference: str = ""
) -> int:
    """Record a payment; gives its id, the same for the same key.

    Raises: NotFound, PurchaseInvalid, NotToPay, TooMuch (also before it is posted), and what `posting.post` refuses.
    """
    found = one(purchase_id)
    problems = []
    if amount <= 0:
        problems.append(Problem("Un règlement est plus grand que zéro.", "amount"))
    if on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "received_on"))
    if on < found.billed_on:
        problems.append(Problem("Le paiement ne peut précéder la dépense.", "received_on"))
    if means not in money.MEANS:
        problems.append(Problem("Choisissez un moyen de paiement.", "means"))
    if problems:
        raise PurchaseInvalid(problems)
    values = {
        "enterprise": found.enterprise_id,
        "purchase": purchase_id,
        "amount": money.centimes(amount),
        "on": on,
        "means": means,
        "reference": reference.strip(),
        "key": key,
    }
    with told():
        row = session.execute(_PAY, values).one()
    if row.is_new:
        after = one(purchase_id).paid  # locked by now, so that it misses no payment that came between
        vat_paid = _deductible(found, after) - _deductible(found, after - amount)
        stays = _within_cash_limits(found, row.payment_id, vat_paid, amount, on) if means == "cash" else vat_paid
        posting.post(
            postings.paid(
                payment_id=row.payment_id,
                enterprise_id=found.enterprise_id,
                activity_id=found.activity_id,
                party_id=found.party_id,
                kind=found.kind,
                on=on,
                means=means,
                label=found.label,
                reference=reference.strip() or found.reference,
                amount=amount,
                vat=stays,
                nature=found.nature,
                lost=vat_paid - stays,
            )
        )
    return int(row.payment_id)


def payments(found: Purchase) -> list[Paid]:
    """List the payments of a purchase, the first one first."""
    rows = session.execute(_PAYMENTS, {"enterprise": found.enterprise_id, "purchase": found.id})
    return [Paid(**{**row._mapping, "amount": money.from_centimes(row.amount)}) for row in rows]  # noqa: SLF001


def open_at(enterprise_id: int, activity_ids: Sequence[int], on: date) -> dict[int, list[OpenItem]]:
    """List what is posted and not wholly paid at the end of a day, by activity."""
    values = {"enterprise": enterprise_id, "activities": list(activity_ids), "on": on}
    return open_items.by_activity(session.execute(_OPEN_AT, values))


def of_payment(payment_id: int) -> int:
    """Give the purchase that a payment is for; raises NotFound."""
    found = session.execute(_OF_PAYMENT, {"payment": payment_id}).scalar()
    if found is None:
        raise NotFound
    return int(found)


def _deductible(found: Purchase, paid: Decimal) -> Decimal:
    """How much of its VAT a purchase lets deduct once so much is paid."""
    return money.rounded(found.vat * paid / found.gross) if found.is_deductible else money.ZERO


def _within_cash_limits(found: Purchase, payment_id: int, vat_paid: Decimal, amount: Decimal, on: date) -> Decimal:
    """Give the VAT that stays deductible of a payment in cash: by supplier, a day and a month have limits (R3.20)."""
    if found.kind != "bill":
        return vat_paid  # paid back to who advanced it: the supplier was paid otherwise
    values = {"enterprise": found.enterprise_id, "party": found.party_id, "on": on, "not": payment_id}
    hold(f"cash:{found.party_id}")  # until the commit: the next one counts this payment
    before = session.execute(_CASH_BEFORE, values).one()
    room = amount
    for name, spent in (("day", before.of_day), ("month", before.of_month)):
        limit = law.value(f"cash.deductible_per_{name}_per_supplier", on=on)
        room = min(room, max(limit - money.from_centimes(spent), money.ZERO))
    return money.rounded(vat_paid * room / amount)


def _move(found: Purchase, state: str, comment: str, seen: int | None) -> None:
    values = {"enterprise": found.enterprise_id, "purchase": found.id, "state": state, "comment": comment, "seen": seen}
    with told():
        session.execute(_MOVE, values)


def one(purchase_id: int) -> Purchase:
    """Give a purchase; raises NotFound."""
    rows = session.execute(_LISTED, {**_EVERYTHING, "purchase": purchase_id}).all()
    if not rows:
        raise NotFound
    return _purchase(rows[0])


def listed(  # noqa: PLR0913 (what a list is limited to)
    activity_ids: Sequence[int] | None = None,
    *,
    enterprise_ids: Sequence[int] | None = None,
    show: str = "all",
    until: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Purchase]:
    """List purchases, the newest first; `show` is all, waiting or open; `until` leaves out those of after a day."""
    values = {
        **_EVERYTHING,
        "activities": None if activity_ids is None else list(activity_ids),
        "enterprises": None if enterprise_ids is None else list(enterprise_ids),
        "show": show,
        "until": until,
        "before": before,
        "limit": limit,
    }
    return [_purchase(row) for row in session.execute(_LISTED, values)]


def _purchase(row: sa.Row[Any]) -> Purchase:
    values = dict(row._mapping)  # noqa: SLF001
    for name in ("net", "vat", "paid"):
        values[name] = money.from_centimes(values[name])
    return Purchase(**values)


_EVERYTHING: dict[str, object] = {
    "purchase": None,
    "activities": None,
    "enterprises": None,
    "show": "all",
    "until": None,
    "before": None,
    "limit": 1,
}
_CASH_BEFORE = sa.text("""
    select coalesce(sum(y.amount) filter (where y.paid_on = :on), 0) as of_day, coalesce(sum(y.amount), 0) as of_month
    from purchase b join purchase_payment y on y.enterprise_id = b.enterprise_id and y.purchase_id = b.id
    where b.enterprise_id = :enterprise and b.party_id = :party and b.kind = 'bill' and y.means = 'cash'
      and date_trunc('month', y.paid_on) = date_trunc('month', cast(:on as date)) and y.id <> :not
""")
_SAME_NUMBER = sa.text("""
    select 1 from purchase where enterprise_id = :enterprise and party_id = :party and reference = :reference
      and reference <> '' and (cast(:purchase as bigint) is null or id <> :purchase)
""")
_BY_KEY = sa.text("select id from purchase where enterprise_id = :enterprise and key = :key")
_SUBMIT = sa.text("""
    insert into purchase (enterprise_id, activity_id, party_id, kind, billed_on, due_on, nature, label, reference, net,
        vat, vat_category, is_deductible, key, made_by)
    values (:enterprise, :activity, :party, :kind, :billed_on, :due_on, :nature, :label, :reference, :net, :vat,
        :category, :deductible, :key, (select walls_person()))
    on conflict (enterprise_id, key) do nothing returning id
""")
_CHANGE = sa.text("""
    update purchase set party_id = :party, kind = :kind, billed_on = :billed_on, due_on = :due_on, nature = :nature,
        label = :label, reference = :reference, net = :net, vat = :vat, vat_category = :category,
        is_deductible = :deductible
    where enterprise_id = :enterprise and id = :purchase and version = :seen and state <> 'posted' returning id
""")
_DISCARD = sa.text("""
    delete from purchase where enterprise_id = :enterprise and id = :purchase and state <> 'posted' returning id
""")
_MOVE = sa.text("select purchase_move(:enterprise, :purchase, :state, :comment, :seen)")
_PAY = sa.text("""
    select payment_id, is_new from purchase_pay(:enterprise, :purchase, :amount, :on, :means, :reference, :key)
""")
_PAYMENTS = sa.text("""
    select id, paid_on, means, amount, reference from purchase_payment
    where enterprise_id = :enterprise and purchase_id = :purchase order by id
""")
_OPEN_AT = sa.text("""
    select * from (
        select b.activity_id, b.party_id, coalesce(p.name, '') as party,
            coalesce(nullif(b.reference, ''), b.label) as document, b.billed_on as since_on,
            coalesce(b.due_on, b.billed_on) as due_on, cast(b.net + b.vat
                - coalesce((select sum(y.amount) from purchase_payment y where y.enterprise_id = b.enterprise_id
                    and y.purchase_id = b.id and y.paid_on <= :on), 0) as bigint) as amount
        from purchase b left join party p on p.enterprise_id = b.enterprise_id and p.id = b.party_id
        where b.enterprise_id = :enterprise and b.activity_id = any (:activities) and b.state = 'posted'
          and b.billed_on <= :on
    ) told where told.amount > 0 order by due_on, document
""")
_OF_PAYMENT = sa.text("select purchase_id from purchase_payment where id = :payment")
_LISTED = sa.text("""
    select * from (
        select b.id, b.enterprise_id, b.activity_id, a.name as activity, b.party_id, coalesce(p.name, '') as party,
            b.kind, b.state, b.billed_on, b.due_on, b.nature, b.label, b.reference, b.net, b.vat, b.vat_category,
            b.is_deductible, b.comment, b.version, coalesce((select sum(y.amount) from purchase_payment y
                where y.enterprise_id = b.enterprise_id and y.purchase_id = b.id), 0)::bigint as paid
        from purchase b join activity a on a.enterprise_id = b.enterprise_id and a.id = b.activity_id
        left join party p on p.enterprise_id = b.enterprise_id and p.id = b.party_id
        where (cast(:purchase as bigint) is null or b.id = :purchase)
          and (cast(:before as bigint) is null or b.id < :before)
          and (cast(:activities as int[]) is null or b.activity_id = any (:activities))
          and (cast(:enterprises as int[]) is null or b.enterprise_id = any (:enterprises))
          and (cast(:until as date) is null or b.billed_on <= :until)
          and (:show <> 'waiting' or b.state = 'submitted') and (:show <> 'open' or b.state = 'posted')
        order by b.id desc
    ) told where :show <> 'open' or net + vat > paid limit :limit
""")
