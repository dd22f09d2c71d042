"""Posting a file of entries: what it lacks is opened, what it holds is posted once, or nothing is."""

from collections import deque
from dataclasses import dataclass
from datetime import date

from ecp import clock, enterprises, parties
from ecp.accounting import chart, csv_table, entries_cells, entries_file, periods, posting
from ecp.accounting.errors import SourceReused
from ecp.errors import Invalid, Problem

YEARS_AHEAD = 2
_MANY = 200


@dataclass(frozen=True)
class Imported:
    """What became of a file's entries."""

    posted: int
    already_there: int

    @property
    def is_large(self) -> bool:
        """Whether reports are slow until the planner knows: `posting.refresh_statistics`, in a later transaction."""
        return self.posted >= _MANY


def post(enterprise_id: int, data: bytes, *, create_activities: bool = False) -> Imported:
    """Post a CSV of entries, all or nothing; exercises are opened as its dates need.

    Raises: EntriesFileRefused, with every problem and its row.
    """
    table = entries_file.read(data)
    refused_codes = _open_activities(enterprise_id, table) if create_activities else frozenset()
    last_day = date(clock.today().year + YEARS_AHEAD, 12, 31)
    _open_years(enterprise_id, table, last_day)
    entries = entries_file.to_entries(table, _books(enterprise_id, table, last_day, refused_codes))
    try:
        posted = posting.post_plain(enterprise_id, entries)
    except SourceReused as error:
        deque(entries, maxlen=0)  # what else is wrong with the file is told first
        raise entries_file.EntriesFileRefused(_reused(table, error)) from error
    new = sum(each.is_new for each in posted)
    return Imported(posted=new, already_there=len(posted) - new)


def _open_activities(enterprise_id: int, table: csv_table.Table) -> frozenset[str]:
    """Open the activities that are not known, from the first day of the file; gives the codes that cannot be one.

    A file without a day is refused later: it opens nothing.
    """
    known = {activity.code for activity in enterprises.activities(enterprise_id)}
    opened_on = next(iter(entries_file.days(table)), clock.today())
    refused = set()
    for code in sorted(entries_file.activity_codes(table) - known):
        try:
            enterprises.add_activity(enterprise_id, code=code, name=code, opened_on=opened_on)
        except Invalid:
            refused.add(code)
    return frozenset(refused)


def _open_years(enterprise_id: int, table: csv_table.Table, last_day: date) -> None:
    """Open the exercise of each day that can be posted."""
    days = [day for day in entries_file.days(table) if entries_cells.EARLIEST <= day <= last_day]
    for year in sorted({day.year for day in days}):
        periods.ensure_year(enterprise_id, next(day for day in days if day.year == year))


def _books(
    enterprise_id: int, table: csv_table.Table, last_day: date, refused_codes: frozenset[str]
) -> entries_cells.Books:
    activities = {activity.code: activity.id for activity in enterprises.activities(enterprise_id)}
    return entries_cells.Books(
        enterprise_id=enterprise_id,
        code=enterprises.get(enterprise_id).code,
        accounts=chart.postable(enterprise_id),
        journals=chart.journals(enterprise_id),
        activities=activities,
        refused_codes=refused_codes,
        parties=_parties(enterprise_id, table, activities),
        closed_months={period.month for period in periods.all_of(enterprise_id) if period.is_closed},
        last_day=last_day,
    )


def _parties(enterprise_id: int, table: csv_table.Table, activities: dict[str, int]) -> dict[tuple[str, str], int]:
    """Find the parties that the file names, adding those that are new to their activity."""
    pairs = entries_file.parties_named(table)
    usable = {(activities[code], name) for code, name in pairs if code in activities and entries_cells.is_name(name)}
    known = parties.ensure(enterprise_id, usable)
    return {
        (code, name): known[activities[code], name] for code, name in pairs if (activities.get(code), name) in known
    }


def _reused(table: csv_table.Table, error: SourceReused) -> list[Problem]:
    """Name the first row of the entry whose reference is known with other content."""
    ref = str(error.data["source"]).removeprefix(entries_file.SOURCE)
    row = entries_file.first_row(table, ref)
    sentence = "entry_ref : « %(ref)s » est déjà enregistrée, avec un autre contenu."
    return [Problem(sentence, str(row), (("ref", ref),))]
