"""Contracts: since when an activity is hosted, and what it pays for it (DESIGN §2).

Amounts are dirhams. The terms of a levy never change: a new version takes over from a day on, and what was computed
before stays explained by the terms of its time. Decision 0050.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ecp import clock, money
from ecp.accounting import periods
from ecp.db import hold, session
from ecp.errors import Problem
from ecp.hosting import errors, levies
from ecp.hosting.levies import Base, Bracket, Levy, PartPeriod, Scale, Settlement, Span

_AMOUNTS = ("fixed", "minimum_base", "month_floor", "month_ceiling", "year_floor", "year_ceiling")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What binds an activity to the enterprise; without an end it runs on."""

    id: int
    enterprise_id: int
    activity_id: int
    starts_on: date
    ends_on: date | None
    note: str


@dataclass(frozen=True, kw_only=True)
class ContractLevy:
    """The terms of a levy in a contract, one version of them."""

    id: int
    enterprise_id: int
    activity_id: int
    contract_id: int
    version: int
    terms: Levy


def sign(  # noqa: PLR0913 (what a contract says)
    *,
    enterprise_id: int,
    activity_id: int,
    starts_on: date,
    ends_on: date | None = None,
    note: str = "",
    by: int | None = None,
) -> int:
    """Open a contract; give its id. ContractOverlaps where one runs on those days."""
    _check_dates(enterprise_id, activity_id, starts_on=starts_on, ends_on=ends_on)
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "starts_on": starts_on, "ends_on": ends_on}
    return int(session.execute(_SIGN, {**values, "note": note, "by": by, "at": clock.now()}).scalar_one())


def amend(contract_id: int, *, enterprise_id: int, ends_on: date | None, note: str) -> None:
    """Put an end to a contract (or take it away again) and change its note."""
    contract = one(contract_id, enterprise_id=enterprise_id)
    _check_dates(
        enterprise_id, contract.activity_id, starts_on=contract.starts_on, ends_on=ends_on, contract_id=contract_id
    )
    session.execute(_AMEND, {"id": contract_id, "enterprise_id": enterprise_id, "ends_on": ends_on, "note": note})


def one(contract_id: int, *, enterprise_id: int) -> Contract:
    """Give a contract; ContractNotFound where there is none for this person."""
    row = session.execute(_ONE, {"id": contract_id, "enterprise_id": enterprise_id}).one_or_none()
    if row is None:
        raise errors.ContractNotFound
    return Contract(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)


def of_enterprise(enterprise_id: int) -> list[Contract]:
    """List the contracts of an enterprise, the newest of each activity first."""
    rows = session.execute(_OF_ENTERPRISE, {"enterprise_id": enterprise_id})
    return [Contract(**row._mapping) for row in rows]  # noqa: SLF001


def add_levy(terms: Levy, *, enterprise_id: int, contract_id: int, by: int | None = None) -> int:
    """Add a levy to a contract; give its id. LevyInvalid also where it starts in a month that is closed."""
    contract = one(contract_id, enterprise_id=enterprise_id)
    _check(terms, contract)
    if periods.is_closed(enterprise_id, terms.starts_on):
        data = (("month", f"{terms.starts_on:%m/%Y}"),)
        raise errors.LevyInvalid(
            [Problem("%(month)s est clôturé : commencez au premier mois ouvert.", "starts_on", data)]
        )
    same = [each for each in levies_of(enterprise_id, [contract.activity_id]) if each.terms.code == terms.code]
    if any(_overlap(each.terms, terms) for each in same):
        raise errors.LevyOverlaps(code=terms.code)
    return _insert(terms, contract, version=len(same) + 1, by=by)


def replace_levy(levy_id: int, terms: Levy, *, enterprise_id: int, by: int | None = None) -> int:
    """Let new terms take over from `terms.starts_on` on; the old version ends the day before.

    LevyUsed where a month from then on was already computed with the old terms.
    """
    old = levy(levy_id, enterprise_id=enterprise_id)
    contract = one(old.contract_id, enterprise_id=enterprise_id)
    terms = replace(terms, code=old.terms.code)
    _check(terms, contract)
    if terms.starts_on <= old.terms.starts_on:
        problem = Problem("Les nouveaux termes commencent après les anciens.", where="starts_on")
        raise errors.LevyInvalid([problem])
    end_levy(levy_id, enterprise_id=enterprise_id, ends_on=terms.starts_on - timedelta(days=1))
    versions = [each for each in levies_of(enterprise_id, [old.activity_id]) if each.terms.code == terms.code]
    if any(_overlap(each.terms, terms) for each in versions if each.id != levy_id):
        raise errors.LevyOverlaps(code=terms.code)
    return _insert(terms, contract, version=len(versions) + 1, by=by)


def end_levy(levy_id: int, *, enterprise_id: int, ends_on: date) -> None:
    """Put an end to a levy; LevyUsed where it was already taken for a later month."""
    old = levy(levy_id, enterprise_id=enterprise_id)
    last = session.execute(_LAST_USED, {"id": levy_id, "enterprise_id": enterprise_id}).scalar_one()
    if last and ends_on < last:
        raise errors.LevyUsed(month=f"{last:%m/%Y}")
    if ends_on < old.terms.starts_on:
        raise errors.LevyInvalid([Problem("La fin précède le début.", where="ends_on")])
    session.execute(_END_LEVY, {"id": levy_id, "enterprise_id": enterprise_id, "ends_on": ends_on})


def levy(levy_id: int, *, enterprise_id: int) -> ContractLevy:
    """Give a levy; LevyNotFound where there is none for this person."""
    row = session.execute(_LEVY, {"id": levy_id, "enterprise_id": enterprise_id}).one_or_none()
    if row is None:
        raise errors.LevyNotFound
    return _levy(dict(row._mapping))  # noqa: SLF001


def levies_of(enterprise_id: int, activity_ids: Sequence[int]) -> list[ContractLevy]:
    """List the levies of activities, all versions, in the order they were agreed."""
    rows = session.execute(_LEVIES, {"enterprise_id": enterprise_id, "activity_ids": list(activity_ids)})
    return [_levy(dict(row._mapping)) for row in rows]  # noqa: SLF001


def levies_by_activity(
    enterprise_id: int, activity_ids: Sequence[int], *, month: date
) -> dict[int, list[ContractLevy]]:
    """Give the levies that run in a month, by activity."""
    found: dict[int, list[ContractLevy]] = {activity_id: [] for activity_id in activity_ids}
    for each in levies_of(enterprise_id, activity_ids):
        if levies.days(each.terms, month):
            found[each.activity_id].append(each)
    return found


def _check_dates(
    enterprise_id: int, activity_id: int, *, starts_on: date, ends_on: date | None, contract_id: int = 0
) -> None:
    """Refuse an end before the start, and two contracts at a time; others of the activity wait for this one."""
    if ends_on and ends_on < starts_on:
        raise errors.ContractInvalid([Problem("La fin précède le début.", where="ends_on")])
    hold(f"contract:{activity_id}")
    values = {"enterprise_id": enterprise_id, "activity_id": activity_id, "starts_on": starts_on, "ends_on": ends_on}
    if session.execute(_OVERLAPPING, {**values, "id": contract_id}).first():
        raise errors.ContractOverlaps


def _check(terms: Levy, contract: Contract) -> None:
    problems = levies.problems(terms)
    if not terms.code.strip():
        problems.append(Problem("Un code est nécessaire.", where="code"))
    if not terms.label.strip():
        problems.append(Problem("Un nom est nécessaire.", where="label"))
    if terms.starts_on < contract.starts_on:
        problems.append(Problem("Le prélèvement commence avant le contrat.", where="starts_on"))
    for field in ("expense_account", "income_account"):
        known = session.execute(
            _ACCOUNT, {"enterprise_id": contract.enterprise_id, "number": getattr(terms, field)}
        ).first()
        if not known:
            problems.append(Problem("Ce compte n’existe pas dans cette entreprise.", where=field))
    if problems:
        raise errors.LevyInvalid(problems)


def _overlap(left: Levy, right: Levy) -> bool:
    return left.starts_on <= (right.ends_on or date.max) and right.starts_on <= (left.ends_on or date.max)


def _insert(terms: Levy, contract: Contract, *, version: int, by: int | None) -> int:
    values: dict[str, Any] = {
        "enterprise_id": contract.enterprise_id,
        "activity_id": contract.activity_id,
        "contract_id": contract.id,
        "version": version,
        "code": terms.code.strip(),
        "label": terms.label.strip(),
        "base": terms.base.value,
        "brackets": json.dumps([[_text(each.up_to), _text(each.rate)] for each in terms.brackets]),
        "scale": terms.scale.value,
        "span": terms.span.value,
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "part_period": terms.part_period.value,
        "settlement": terms.settlement.value,
        "expense_account": terms.expense_account,
        "income_account": terms.income_account,
        "by": by,
        "at": clock.now(),
    }
    for name in _AMOUNTS:
        amount = getattr(terms, name)
        values[name] = None if amount is None else money.centimes(amount)
    return int(session.execute(_ADD_LEVY, values).scalar_one())


def _levy(row: Mapping[str, Any]) -> ContractLevy:
    amounts = {name: None if row[name] is None else money.from_centimes(row[name]) for name in _AMOUNTS}
    return ContractLevy(
        id=row["id"],
        enterprise_id=row["enterprise_id"],
        activity_id=row["activity_id"],
        contract_id=row["contract_id"],
        version=row["version"],
        terms=Levy(
            code=row["code"],
            label=row["label"],
            base=Base(row["base"]),
            brackets=tuple(
                Bracket(None if up_to is None else Decimal(up_to), Decimal(rate)) for up_to, rate in row["brackets"]
            ),
            fixed=amounts["fixed"] or money.ZERO,
            scale=Scale(row["scale"]),
            span=Span(row["span"]),
            minimum_base=amounts["minimum_base"],
            month_floor=amounts["month_floor"],
            month_ceiling=amounts["month_ceiling"],
            year_floor=amounts["year_floor"],
            year_ceiling=amounts["year_ceiling"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            part_period=PartPeriod(row["part_period"]),
            settlement=Settlement(row["settlement"]),
            expense_account=row["expense_account"],
            income_account=row["income_account"],
        ),
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


_OVERLAPPING = sa.text("""
    select 1 from contract where enterprise_id = :enterprise_id and activity_id = :activity_id
      and id <> :id and starts_on <= coalesce(cast(:ends_on as date), 'infinity')
      and coalesce(ends_on, 'infinity') >= :starts_on
""")
_SIGN = sa.text("""
    insert into contract (enterprise_id, activity_id, starts_on, ends_on, note, made_by, made_at)
    values (:enterprise_id, :activity_id, :starts_on, :ends_on, :note, :by, :at) returning id
""")
_AMEND = sa.text("""
    update contract set ends_on = :ends_on, note = :note where enterprise_id = :enterprise_id and id = :id
""")
_CONTRACT = "id, enterprise_id, activity_id, starts_on, ends_on, note"
_ONE = sa.text(f"select {_CONTRACT} from contract where enterprise_id = :enterprise_id and id = :id")
_OF_ENTERPRISE = sa.text(f"""
    select {_CONTRACT} from contract where enterprise_id = :enterprise_id order by activity_id, starts_on desc
""")
_LEVY_VIEW = """
    select l.id, l.enterprise_id, l.activity_id, l.contract_id, l.version, l.code, l.label, l.base, l.brackets, l.fixed,
        l.scale, l.span, l.minimum_base, l.month_floor, l.month_ceiling, l.year_floor, l.year_ceiling, l.starts_on,
        least(l.ends_on, c.ends_on) as ends_on, l.part_period, l.settlement, l.expense_account, l.income_account
    from levy l join contract c on c.enterprise_id = l.enterprise_id and c.id = l.contract_id
"""
_LEVY = sa.text(f"{_LEVY_VIEW} where l.enterprise_id = :enterprise_id and l.id = :id")
_LEVIES = sa.text(f"""
    {_LEVY_VIEW}
    where l.enterprise_id = :enterprise_id and l.activity_id = any(:activity_ids) order by l.activity_id, l.id
""")
_ADD_LEVY = sa.text("""
    insert into levy (enterprise_id, activity_id, contract_id, version, code, label, base, brackets, fixed, scale, span,
        minimum_base, month_floor, month_ceiling, year_floor, year_ceiling, starts_on, ends_on, part_period,
        settlement, expense_account, income_account, made_by, made_at)
    values (:enterprise_id, :activity_id, :contract_id, :version, :code, :label, :base, cast(:brackets as jsonb),
        :fixed, :scale, :span, :minimum_base, :month_floor, :month_ceiling, :year_floor, :year_ceiling, :starts_on,
        :ends_on, :part_period, :settlement, :expense_account, :income_account, :by, :at)
    returning id
""")
_LAST_USED = sa.text("""
    select (max(month) + interval '1 month - 1 day')::date from levy_result
    where enterprise_id = :enterprise_id and levy_id = :id
""")
_END_LEVY = sa.text("update levy set ends_on = :ends_on where enterprise_id = :enterprise_id and id = :id")
_ACCOUNT = sa.text("select 1 from account where enterprise_id = :enterprise_id and number = :number")
