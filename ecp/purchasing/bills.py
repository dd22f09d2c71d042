"""Suppliers' bills and expense notes: submitted by the activity, posted or sent back by the accountant, then paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import clock, money, vat
from ecp.accounting import posting
from ecp.db import session, told
from ecp.errors import NotFound, Problem
from ecp.purchasing import postings, refusals
from ecp.purchasing.errors import PurchaseInvalid

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
    paid: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and VAT."""
        return self.net + self.vat

    @property
    def left(self) -> Decimal:
        """What is still to pay."""
        return self.gross - self.paid


def submit(  # noqa: PLR0913 (what a bill says)
    *,
    enterprise_id: int,
    activity_id: int,
    party_id: int | None,
    kind: str,
    billed_on: date,
    nature: str,
    label: str,
    gross: Decimal,
    vat_category: str,
    key: str,
    due_on: date | None = None,
    reference: str = "",
) -> int:
    """Hand in a bill or note by its gross amount, VAT included; gives its id, the same for the same key.

    Raises: PurchaseInvalid.
    """
    known = kept(enterprise_id, key)
    if known is not None:
        return known
    problems = []
    if gross <= 0:
        problems.append(Problem("Une dépense est plus grande que zéro.", "gross"))
    if nature not in postings.NATURES:
        problems.append(Problem("Choisissez ce que c’est.", "nature"))
    if billed_on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "billed_on"))
    if kind == "bill" and party_id is None:
        problems.append(Problem("Choisissez un fournisseur.", "party_id"))
    if not label.strip():
        problems.append(Problem("À remplir.", "label"))
    if problems:
        raise PurchaseInvalid(problems)
    rate = vat.rate(vat_category, billed_on)
    net = money.rounded(gross / (1 + rate))
    values = {
        "enterprise": enterprise_id,
        "activity": activity_id,
        "party": party_id,
        "kind": kind,
        "billed_on": billed_on,
        "due_on": due_on,
        "nature": nature,
        "label": label.strip(),
        "reference": reference.strip(),
        "net": money.centimes(net),
        "vat": money.centimes(gross - net),
        "category": vat_category,
        "deductible": bool(rate) and vat.gives_deduction(vat_category, billed_on),
        "key": key,
    }
    return int(session.execute(_SUBMIT, values).scalar_one())


def kept(enterprise_id: int, key: str) -> int | None:
    """Give the purchase that a request handed in already, by its key; None where there is none."""
    known = session.execute(_BY_KEY, {"enterprise": enterprise_id, "key": key}).scalar()
    return None if known is None else int(known)


def approve(purchase_id: int) -> None:
    """Post a purchase that was handed in; raises NotFound, NoSuchStep, NotYours, PeriodClosed."""
    found = one(purchase_id)
    _move(found, "posted", "")
    posting.post(
        postings.bought(
            purchase_id=found.id,
            enterprise_id=found.enterprise_id,
            activity_id=found.activity_id,
            party_id=found.party_id,
            kind=found.kind,
            on=found.billed_on,
            due_on=found.due_on,
            nature=found.nature,
            label=" · ".join(part for part in (found.label, found.party) if part)[:500],
            reference=found.reference,
            net=found.net,
            vat=found.vat,
            is_deductible=found.is_deductible,
        )
    )


def send_back(purchase_id: int, *, comment: str) -> None:
    """Send a purchase back with a word; raises NotFound, NoSuchStep."""
    _move(one(purchase_id), "sent_back", comment.strip())


def pay(  # noqa: PLR0913 (what a payment says)
    purchase_id: int, amount: Decimal, *, on: date, means: str, key: str, reference: str = ""
) -> int:
    """Record a payment; gives its id, the same for the same key.

    Raises: NotFound, PurchaseInvalid, MoreThanOwed, NotToCollect, PeriodClosed.
    """
    found = one(purchase_id)
    problems = []
    if amount <= 0:
        problems.append(Problem("Un règlement est plus grand que zéro.", "amount"))
    if on > clock.today():
        problems.append(Problem("La date est dans l’avenir.", "paid_on"))
    if on < found.billed_on:
        problems.append(Problem("Le paiement ne peut précéder la dépense.", "paid_on"))
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
                vat=_deductible(found, after) - _deductible(found, after - amount),
            )
        )
    return int(row.payment_id)


def _deductible(found: Purchase, paid: Decimal) -> Decimal:
    """How much of its VAT a purchase lets deduct once so much is paid."""
    return money.rounded(found.vat * paid / found.gross) if found.is_deductible else money.ZERO


def _move(found: Purchase, state: str, comment: str) -> None:
    values = {"enterprise": found.enterprise_id, "purchase": found.id, "state": state, "comment": comment}
    with told():
        session.execute(_MOVE, values)


def one(purchase_id: int) -> Purchase:
    """Give a purchase; raises NotFound."""
    rows = session.execute(_LISTED, {**_EVERYTHING, "purchase": purchase_id}).all()
    if not rows:
        raise NotFound
    return _purchase(rows[0])


def listed(
    activity_ids: Sequence[int] | None = None,
    *,
    enterprise_ids: Sequence[int] | None = None,
    show: str = "all",
    before: int | None = None,
    limit: int = 50,
) -> list[Purchase]:
    """List purchases, the newest first; `show` is all, waiting or open."""
    values = {
        **_EVERYTHING,
        "activities": None if activity_ids is None else list(activity_ids),
        "enterprises": None if enterprise_ids is None else list(enterprise_ids),
        "show": show,
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
    "before": None,
    "limit": 1,
}
_BY_KEY = sa.text("select id from purchase where enterprise_id = :enterprise and key = :key")
_SUBMIT = sa.text("""
    insert into purchase (enterprise_id, activity_id, party_id, kind, billed_on, due_on, nature, label, reference, net,
        vat, vat_category, is_deductible, key, made_by)
    values (:enterprise, :activity, :party, :kind, :billed_on, :due_on, :nature, :label, :reference, :net, :vat,
        :category, :deductible, :key, (select walls_person())) returning id
""")
_MOVE = sa.text("select purchase_move(:enterprise, :purchase, :state, :comment)")
_PAY = sa.text("""
    select payment_id, is_new from purchase_pay(:enterprise, :purchase, :amount, :on, :means, :reference, :key)
""")
_LISTED = sa.text("""
    select * from (
        select b.id, b.enterprise_id, b.activity_id, a.name as activity, b.party_id, coalesce(p.name, '') as party,
            b.kind, b.state, b.billed_on, b.due_on, b.nature, b.label, b.reference, b.net, b.vat, b.vat_category,
            b.is_deductible, b.comment, coalesce((select sum(y.amount) from purchase_payment y
                where y.enterprise_id = b.enterprise_id and y.purchase_id = b.id), 0)::bigint as paid
        from purchase b join activity a on a.enterprise_id = b.enterprise_id and a.id = b.activity_id
        left join party p on p.enterprise_id = b.enterprise_id and p.id = b.party_id
        where (cast(:purchase as bigint) is null or b.id = :purchase)
          and (cast(:before as bigint) is null or b.id < :before)
          and (cast(:activities as int[]) is null or b.activity_id = any (:activities))
          and (cast(:enterprises as int[]) is null or b.enterprise_id = any (:enterprises))
          and (:show <> 'waiting' or b.state = 'submitted') and (:show <> 'open' or b.state = 'posted')
        order by b.id desc
    ) told where :show <> 'open' or net + vat > paid limit :limit
""")
