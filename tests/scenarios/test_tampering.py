"""What a superuser alters with triggers off is named by `ecp verify`, even a single centime (P6)."""

import pytest

from ecp import walls
from ecp.accounting import periods, verify
from ecp.db import transaction
from tests import build

TAMPERINGS = {
    "one centime of a line": "update entry_line set debit = debit + 1 where entry_id = :e and debit > 0",
    "a balanced pair of centimes": "update entry_line set debit = debit + sign(debit), credit = credit + sign(credit)"
    " where entry_id = :e",
    "the activity of a line": "update entry_line set activity_id = activity_id + 1 where entry_id = :e",
    "the label": "update entry set label = 'Autre' where id = :e",
    "the author": "update entry set author = 1 where id = :e",
    "the day": "update entry set day = day + 1 where id = :e",
    "the moment of the seal": "update entry_seal set sealed_at = sealed_at - interval '1 hour' where entry_id = :e",
    "a whole entry gone": "delete from entry_line where entry_id = :e; delete from entry_seal where entry_id = :e;"
    " delete from entry where id = :e",
    "the tail cut": "delete from entry_line where entry_id = :l; delete from entry_seal where entry_id = :l;"
    " delete from entry where id = :l",
    "a frozen balance": "update activity_balance set debit = debit + 1 where debit > 0",
}


@pytest.mark.parametrize("what", list(TAMPERINGS))
def test_every_tampering_is_named(own_database, what):
    with own_database.app.app_context(), walls.system():
        with transaction():
            activity = build.activity(build.enterprise())
            entries = [build.entry(activity.enterprise_id, activity.id) for _ in range(5)]
        with transaction():
            periods.close(activity.enterprise_id, build.enterprises.get(activity.enterprise_id).opened_on)
        with transaction():
            assert not [each.fault for each in verify.run() if each.fault]
        statement = TAMPERINGS[what].replace(":e", str(entries[2])).replace(":l", str(entries[-1]))
        with own_database.administrator() as connection:
            for table in ("entry", "entry_line", "entry_seal", "activity_balance"):
                connection.execute(f"alter table {table} disable trigger all")
            connection.execute(statement)
        with transaction():
            faults = [each.fault for each in verify.run() if each.fault]
        assert faults
