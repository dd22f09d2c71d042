"""Entries through the command line, as accountants and their programs use it."""

import csv
import json
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.entries.reading_back import by_beancount, by_hledger, moved

CASE = Path(__file__).parents[1] / "cases" / "entries" / "year-2025.csv"
EXPECTED = json.loads(CASE.with_name("year-2025.balances.json").read_text())
HEAD = "entry_ref,date,journal,activity,account,debit,credit,label"


def dirhams(balances: dict[str, int]) -> dict[str, Decimal]:
    return moved({account: Decimal(cents).scaleb(-2) for account, cents in balances.items()})


def balances(ecp, code: str, *words: str) -> dict[str, Decimal]:
    rows = ecp("trial-balance", "--enterprise", code, "--format", "json", *words).json
    assert all(set(row) >= {"account", "title", "debit", "credit", "balance"} for row in rows)
    return moved({row["account"]: Decimal(row["balance"]) for row in rows})


@pytest.fixture(scope="module")
def year(ecp):
    """The reference case, imported."""
    assert ecp("enterprise", "create", "CASE", "--name", "Entreprise d’essai").status == 0
    done = ecp("entries", "import", CASE, "--enterprise", "CASE", "--create-activities", "--format", "json")
    assert done.json == {"posted": 1500, "already_there": 0}
    return ecp


def test_the_reference_year_gives_its_balances(year):
    assert balances(year, "CASE") == dirhams(EXPECTED["accounts"])


@pytest.mark.parametrize("activity", ["STR", "A018", "A098"])
def test_and_those_of_activities(year, activity):
    assert balances(year, "CASE", "--activity", activity) == dirhams(EXPECTED["activities"][activity])


def test_the_same_file_twice_posts_once(year):
    again = year("entries", "import", CASE, "--enterprise", "CASE", "--format", "json")
    assert again.json == {"posted": 0, "already_there": 1500}
    assert balances(year, "CASE") == dirhams(EXPECTED["accounts"])


def test_other_content_for_a_known_reference_is_refused_by_row(year, tmp_path):
    text = CASE.read_text().replace("Encaissement client", "Autre chose", 1)
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "Autre chose" in line)
    changed = tmp_path / "changed.csv"
    changed.write_text(text)
    done = year("entries", "import", changed, "--enterprise", "CASE")
    assert done.status == 1
    assert done.error.splitlines()[1].startswith(f"{row} : ")
    assert len(done.error.splitlines()) == 2


def test_what_is_wrong_with_a_file_is_told_before_what_is_known_otherwise(year, tmp_path):
    changed = tmp_path / "changed.csv"
    wrong = "Z,2025-03-14,VT,NULLE,3421,1.00,0.00,Activité inconnue\n"
    changed.write_text(CASE.read_text().replace("Encaissement client", "Autre chose", 1) + wrong)
    done = year("entries", "import", changed, "--enterprise", "CASE")
    assert (done.status, len(done.error.splitlines())) == (1, 2)
    assert "« NULLE »" in done.error
    assert balances(year, "CASE") == dirhams(EXPECTED["accounts"])


def test_hledger_reads_the_export(year, tmp_path):
    path = tmp_path / "case.journal"
    assert year("export", "--format", "hledger", "--enterprise", "CASE", "-o", path).status == 0
    assert by_hledger(path) == dirhams(EXPECTED["accounts"])
    for activity in ("STR", "A018"):
        assert by_hledger(path, f"tag:activity=^{activity}$") == dirhams(EXPECTED["activities"][activity])


def test_beancount_reads_the_export(year, tmp_path):
    path = tmp_path / "case.beancount"
    assert year("export", "--format", "beancount", "--enterprise", "CASE", "-o", path).status == 0
    accounts, activities = by_beancount(path)
    assert accounts == dirhams(EXPECTED["accounts"])
    assert activities == {activity: dirhams(found) for activity, found in EXPECTED["activities"].items()}


def test_the_csv_export_posts_the_same_books_elsewhere(year, tmp_path):
    path = tmp_path / "case.csv"
    assert year("export", "--format", "csv", "--enterprise", "CASE", "-o", path).status == 0
    assert year("enterprise", "create", "COPY", "--name", "Copie").status == 0
    done = year("entries", "import", path, "--enterprise", "COPY", "--create-activities", "--format", "json")
    assert done.json == {"posted": 1500, "already_there": 0}
    assert year("export", "--format", "csv", "--enterprise", "COPY").out == path.read_text()


def test_the_ledger_runs_to_the_balance(year):
    rows = year("ledger", "--enterprise", "CASE", "--account", "5141", "--activity", "A018", "--format", "json").json
    assert Decimal(rows[-1]["balance"]) == dirhams(EXPECTED["activities"]["A018"])["5141"]
    running = Decimal(0)
    for row in rows:
        running += Decimal(row["debit"]) - Decimal(row["credit"])
        assert Decimal(row["balance"]) == running


def test_days(year):
    with CASE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if "2025-03-01" <= row["date"] <= "2025-03-31"]
    debits: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        debits[row["account"]] += Decimal(row["debit"])
    words = ("--enterprise", "CASE", "--from", "2025-03-01", "--to", "2025-03-31", "--format", "json")
    told = {row["account"]: Decimal(row["debit"]) for row in year("trial-balance", *words).json}
    assert moved(told) == moved(debits)


FAULTS = {
    4: "F2,2025-02-30,VT,STR,3421,10.00,0.00,Mauvaise date",
    6: "F3,2025-03-02,ZZ,STR,3421,10.00,0.00,Journal inconnu",
    8: "F4,2025-03-03,VT,NULLE,3421,10.00,0.00,Activité inconnue",
    10: "F5,2025-03-04,VT,STR,99999,10.00,0.00,Compte inconnu",
    12: "F6,2025-03-05,VT,STR,3421,10.00,10.00,Deux côtés",
    14: "F7,2025-03-06,VT,STR,3421,-10.00,0.00,Négatif",
    16: "F8,2025-03-07,VT,STR,3421,dix,0.00,Pas un montant",
    18: "F9,2025-03-08,VT,STR,3421,0.00,0.00,Rien",
    20: "F10,2025-03-09,VT,STR,3421,10.01,0.00,Déséquilibrée",
    22: "F11,2025-03-10,VT,A018,3421,10.00,0.00,Déséquilibrée par activité",
}


def test_ten_faults_are_ten_rows_and_nothing_is_saved(year, tmp_path):
    lines = [HEAD, "F1,2025-03-01,VT,STR,3421,10.00,0.00,Bonne", "F1,2025-03-01,VT,STR,7121,0.00,10.00,Bonne"]
    for row in sorted(FAULTS):
        ref, _, journal = FAULTS[row].split(",")[:3]
        day = f"2025-03-{int(ref[1:]) - 1:02}"
        lines += [FAULTS[row], f"{ref},{day},{'VT' if journal == 'ZZ' else journal},STR,7121,0.00,10.00,Contrepartie"]
    path = tmp_path / "faults.csv"
    path.write_text("\n".join(lines))
    done = year("entries", "import", path, "--enterprise", "CASE")
    assert (done.status, done.out) == (1, "")
    told = done.error.splitlines()[1:]
    assert [int(line.split(" : ")[0]) for line in told] == sorted(FAULTS)
    assert len(set(told)) == len(FAULTS)
    assert balances(year, "CASE") == dirhams(EXPECTED["accounts"])


def test_unknown_enterprise_is_refused(ecp):
    done = ecp("trial-balance", "--enterprise", "NULLE")
    assert done.status == 1
    assert done.error


def test_many_entries_equal_an_independent_sum(ecp, tmp_path):
    """Three-line entries over a hundred activities; `make bench` does it with ten times as many."""
    chance = random.Random(41)
    expected: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines = [HEAD]
    for number in range(2_000):
        activity = f"P{chance.randrange(100):02}"
        net = chance.randrange(100, 5_000_000)
        vat = net // 5
        day = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
        for account, cents in (("3421", net + vat), ("7121", -net), ("4455", -vat)):
            expected[activity][account] += cents
            debit, credit = (cents, 0) if cents > 0 else (0, -cents)
            amounts = f"{debit // 100}.{debit % 100:02},{credit // 100}.{credit % 100:02}"
            lines.append(f"M{number},{day},VT,{activity},{account},{amounts},Facture {number}")
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines))
    assert ecp("enterprise", "create", "MANY", "--name", "Beaucoup").status == 0
    done = ecp("entries", "import", path, "--enterprise", "MANY", "--create-activities", "--format", "json")
    assert done.json == {"posted": 2_000, "already_there": 0}
    whole: defaultdict[str, int] = defaultdict(int)
    for found in expected.values():
        for account, cents in found.items():
            whole[account] += cents
    assert balances(ecp, "MANY") == dirhams(whole)
    for activity in ("P00", "P42", "P99"):
        assert balances(ecp, "MANY", "--activity", activity) == dirhams(expected[activity])


def test_a_person_is_created_and_let_in_again(year):
    created = year(
        "user",
        "create",
        "a@essai.example",
        "--name",
        "Essai",
        "--role",
        "accountant",
        "--enterprise",
        "CASE",
        "--password",
        "trois collines vertes",
    )
    assert created.status == 0, created.error
    assert year("user", "password", "a@essai.example", "--password", "quatre collines bleues").status == 0
    weak = year("user", "password", "a@essai.example", "--password", "court")
    unknown = year("user", "password", "b@essai.example", "--password", "quatre collines bleues")
    assert (weak.status, "12" in weak.error, unknown.status, "Introuvable" in unknown.error) == (1, True, 1, True)
