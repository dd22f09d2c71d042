"""The file of entries, read without a database: what posts, what is refused and where."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecp.accounting import csv_table, entries_file
from ecp.errors import DomainError

HEAD = "entry_ref,date,journal,activity,account,debit,credit,label"
GOOD = f"""{HEAD}
R1,2025-03-14,VT,POT,3421,120.00,0.00,Facture F-12
R1,2025-03-14,VT,POT,7121,0.00,100.00,Facture F-12
R1,2025-03-14,VT,POT,4455,,20,TVA
R2,2025-03-15,BQ,POT,5141,120.00,0.00,Encaissement
R2,2025-03-15,BQ,POT,3421,0.00,120.00,Encaissement
"""


def books(**changes):
    known = {
        "enterprise_id": 1,
        "code": "TANGER",
        "accounts": {"3421", "7121", "4455", "5141", "1605"},
        "journals": {"VT", "BQ"},
        "activities": {"POT": 11, "TIS": 12},
        "parties": {("POT", "Riad Zitoun"): 7},
        "closed_months": {date(2024, month, 1) for month in range(1, 13)},
        "last_day": date(2027, 12, 31),
    }
    return entries_file.Books(**{**known, **changes})


def entries(text: str | bytes):
    data = text if isinstance(text, bytes) else text.encode()
    return list(entries_file.to_entries(entries_file.read(data), books()))


def refusals(text: str | bytes) -> list[str]:
    with pytest.raises(entries_file.EntriesFileRefused) as refused:
        entries(text)
    return [str(problem) for problem in refused.value.problems]


def rows(*lines: str) -> str:
    return "\n".join([HEAD, *lines])


def test_a_file_becomes_entries():
    first, second = entries(GOOD)
    assert (first.source, first.journal, first.on, first.label) == (
        "import:R1",
        "VT",
        date(2025, 3, 14),
        "Facture F-12",
    )
    assert [(line.account, line.activity_id, line.debit, line.credit, line.label) for line in first.lines] == [
        ("3421", 11, 120_00, 0, ""),
        ("7121", 11, 0, 100_00, ""),
        ("4455", 11, 0, 20_00, "TVA"),
    ]
    assert second.source == "import:R2"


def test_optional_columns_and_any_order():
    text = (
        "label;due_on;party;document;entry_ref;date;journal;activity;account;debit;credit\n"
        "F;2025-04-13;Riad Zitoun;F-12;R;2025-03-14;VT;POT;3421;1;\n"
        "F;;;F-12;R;2025-03-14;VT;POT;7121;;1\n"
    )
    (entry,) = entries(text)
    assert entry.document == "F-12"
    assert [(line.party_id, line.due_on) for line in entry.lines] == [(7, date(2025, 4, 13)), (None, None)]


def test_rows_of_an_entry_may_stand_anywhere():
    lines = GOOD.splitlines()
    mixed = "\n".join([lines[0], lines[4], lines[1], lines[5], lines[2], lines[3]])
    assert [entry.source for entry in entries(mixed)] == ["import:R2", "import:R1"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r\n\r\n"),
        GOOD.replace("\n", ",,\n"),
        GOOD.replace("entry_ref", '"Entry_Ref"'),
        "sep=,\n" + GOOD,
        GOOD + ",,,,,,,\n",
    ],
    ids=["bom", "crlf", "empty rows", "columns after the last", "quoted head", "sep", "empty cells"],
)
def test_what_spreadsheets_do_to_files(text):
    assert [(entry.on, entry.lines) for entry in entries(text)] == [(entry.on, entry.lines) for entry in entries(GOOD)]


def test_a_french_spreadsheet_writes_its_own_dates_and_amounts():
    text = rows("R,14/03/2025,VT,POT,3421,1 234§50,,L", "R,14/03/2025,VT,POT,7121,,1234§5,L").replace(",", ";")
    (entry,) = entries(text.replace("§", ","))
    assert (entry.on, entry.lines[0].debit, entry.lines[1].credit) == (
        date(2025, 3, 14),
        1234_50,
        1234_50,
    )


def test_row_numbers_are_those_of_the_spreadsheet():
    text = rows("R,2025-03-14,VT,POT,3421,1,,'a\nb'", "R,2025-03-14,VT,POT,7121,,1,a", "", "S,x,VT,POT,3421,1,,a")
    assert [line.split(" ")[0] for line in refusals(text.replace("'", '"'))] == ["2", "5"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("R,2025-02-30,VT,POT,3421,1,,a", "date : le « 2025-02-30 » n’existe pas au calendrier."),
        ("R,14/03/2025,VT,POT,3421,1,,a", "date : « 14/03/2025 » n’est pas une date : écrivez 2026-01-31."),
        ("R,20250314,VT,POT,3421,1,,a", "date : « 20250314 » n’est pas une date : écrivez 2026-01-31."),
        ("R,,VT,POT,3421,1,,a", "date : à remplir."),
        (
            "R,2205-03-14,VT,POT,3421,1,,a",
            "date : « 2205-03-14 » est trop loin : entre le 1990-01-01 et le 2027-12-31.",
        ),
        ("R,2024-12-31,VT,POT,3421,1,,a", "date : le mois du 2024-12-31 est clôturé."),
        ("R,2025-03-14,XX,POT,3421,1,,a", "journal : le journal « XX » n’existe pas."),
        ("R,2025-03-14,VT,NOP,3421,1,,a", "activity : l’activité « NOP » n’existe pas."),
        ("R,2025-03-14,VT,POT,9999,1,,a", "account : le compte « 9999 » n’existe pas."),
        ("R,2025-03-14,VT,POT,,1,,a", "account : à remplir."),
        ("R,2025-03-14,VT,POT,3421,1,1,a", "un débit et un crédit sur la même ligne."),
        ("R,2025-03-14,VT,POT,3421,,0.00,a", "ni débit ni crédit."),
        ("R,2025-03-14,VT,POT,3421,-1,,a", "debit : -1 est négatif : écrivez-le de l’autre côté."),
        ("R,2025-03-14,VT,POT,3421,,1.234,a", "credit : « 1.234 » n’est pas un montant : écrivez 1234.56."),
        ("R,2025-03-14,VT,POT,3421,1e3,,a", "debit : « 1e3 » n’est pas un montant : écrivez 1234.56."),
        ("R,2025-03-14,VT,POT,3421,١٢,,a", "debit : « ١٢ » n’est pas un montant : écrivez 1234.56."),
        ("R,2025-03-14,VT,POT,3421,NaN,,a", "debit : « NaN » n’est pas un montant : écrivez 1234.56."),
        (
            "R,2025-03-14,VT,POT,3421,999999999999999,,a",
            "debit : « 999999999999999 » n’est pas un montant : écrivez 1234.56.",
        ),
        (",2025-03-14,VT,POT,3421,1,,a", "entry_ref : à remplir."),
        ("R,2025-03-14,VT,POT,3421,1,,a\x00b", "label : signe interdit (U+0000)."),
        ("R,2025-03-14,VT,POT,3421,1,," + "é" * 501, "label : plus de 500 signes."),
        ("R,2025-03-14,VT,POT,3421,1,,a,b", "8 colonnes attendues, 9 trouvées."),
        ("R,2025-03-14,VT,POT,3421,1", "8 colonnes attendues, 6 trouvées."),
    ],
)  # fmt: skip
def test_each_fault_names_its_row(row, reason):
    assert refusals(GOOD + row) == [f"7 : {reason}"]


def test_an_entry_that_owes_to_nobody_is_named():
    paid = "{},2025-03-16,BQ,{},5141,{},Part\n{},2025-03-16,BQ,{},1605,{},Part\n"
    alone = paid.format("R3", "POT", "5.00,", "R3", "POT", ",5.00")
    both = paid.format("R4", "POT", "5.00,", "R4", "POT", ",5.00") + paid.format(
        "R4", "TIS", ",5.00", "R4", "TIS", "5.00,"
    )
    assert len(entries(GOOD + both)) == 3
    assert refusals(GOOD + both + alone) == [
        "11 : l’écriture « R3 » : les comptes 160 et ceux de la classe 9 ne s’y annulent pas."
    ]


def test_a_row_that_is_cut_off_hides_no_other_fault():
    cut = GOOD.replace("R1,2025-03-14,VT,POT,4455", "R1,2025-03-14,VT\nR1,2025-03-14,VT,POT,4455")
    assert refusals(cut + "R3,2025-02-30,VT,POT,3421,1,,a") == [
        "4 : 8 colonnes attendues, 3 trouvées.",
        "8 : date : le « 2025-02-30 » n’existe pas au calendrier.",
    ]


def test_unbalanced_entries_name_all_their_rows():
    assert refusals(GOOD.replace("100.00", "100.01")) == [
        "2 : l’écriture « R1 » (lignes 2, 3, 4) n’est pas équilibrée : écart de -0.01."
    ]
    assert refusals(GOOD.replace("BQ,POT,3421", "BQ,TIS,3421")) == [
        "5 : l’écriture « R2 » (lignes 5, 6) n’est pas équilibrée dans chaque activité : POT 120.00, TIS -120.00."
    ]


def test_rows_of_an_entry_agree():
    assert refusals(GOOD.replace("R1,2025-03-14,VT,POT,4455", "R1,2025-03-15,BQ,POT,4455")) == [
        "4 : date, journal : autrement qu’à la ligne 2, pour la même écriture « R1 »."
    ]


def test_unknown_party():
    text = GOOD.replace("label", "label,party", 1).replace("F-12\n", "F-12,\n").replace("TVA\n", "TVA,Nobody\n")
    text = text.replace("Encaissement\n", "Encaissement,Riad Zitoun\n")
    assert refusals(text) == ["4 : party : « Nobody » n’existe pas."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "1 : Le fichier est vide, ou sa première ligne ne nomme pas les colonnes."),
        (HEAD.encode(), "1 : Le fichier ne contient aucune écriture."),
        (GOOD.replace("debit", "débit").encode("cp1252"), "1 : Le fichier n’est pas en UTF-8 (octet 0xE9) :"),
        (GOOD.encode("utf-16"), "Le fichier est en UTF-16 : enregistrez-le au format « CSV UTF-8 »."),
        (b"PK\x03\x04" + b"\x00" * 100, "C’est un classeur ou une archive :"),
        (b"%PDF-1.7", "C’est un PDF"),
        (b"a,b,c\n1,2,3", "1 : La première ligne doit nommer les colonnes :"),
        (GOOD.replace("label", "libelle", 1).encode(), "1 : Colonne inconnue : « libelle »."),
        (GOOD.replace("label", "credit", 1).encode(), "1 : La colonne « credit » est là plusieurs fois."),
        (GOOD.encode() + b'R3,"2025', "7 : Des guillemets sont mal fermés."),
        (GOOD.encode() + b'R3,"2025"x,,', "7 : Des guillemets sont mal fermés."),
        (GOOD.encode() + b"R3," + b"x" * 200_000, "7 : Une cellule dépasse la taille permise."),
    ],
)
def test_files_of_another_kind(data, reason):
    assert refusals(data)[0].startswith(reason)


def test_too_big_is_told_before_anything_is_read(monkeypatch):
    monkeypatch.setattr(csv_table, "MOST_BYTES", 2_000_000)
    assert refusals(b"x" * 2_000_001) == ["Le fichier dépasse 2 Mo : partagez-le en plusieurs."]
    monkeypatch.setattr(csv_table, "MOST_ROWS", 4)
    assert refusals(GOOD) == ["5 : Plus de 4 lignes : partagez le fichier."]


@given(st.text(st.characters(codec="utf-8")))
def test_disarmed_texts_come_back(text):
    written = csv_table.escaped(text)
    assert csv_table.unescaped(written) == text
    assert written[:1] not in csv_table.FORMULA or not written


SEED = 20250314


def test_mutated_files_never_crash():
    """5,000 files with bytes lost, doubled, swapped or foreign: entries that balance, or problems with their rows."""
    chance = random.Random(SEED)
    outcomes = {"read": 0, "refused": 0}
    for number in range(5_000):
        data = mutated(GOOD.encode(), chance)
        found, problems = outcome(data)
        outcomes["refused" if problems else "read"] += 1
        assert found or problems, (SEED, number, data)
        assert all(str(problem).strip() for problem in problems)
        for entry in found:
            assert sum(line.debit - line.credit for line in entry.lines) == 0, (SEED, number, data)
    assert min(outcomes.values()) > 100, outcomes


@pytest.mark.parametrize("rows_at_a_time", [1, 2, 3])
def test_a_file_says_the_same_however_much_is_read_at_a_time(monkeypatch, rows_at_a_time):
    chance = random.Random(SEED)
    files = [mutated(shuffled(GOOD, chance).encode(), chance) for _ in range(500)]
    at_once = [outcome(data) for data in files]
    monkeypatch.setattr(entries_file, "ROWS_AT_A_TIME", rows_at_a_time)
    assert [outcome(data) for data in files] == at_once


def test_nothing_is_given_after_a_problem(monkeypatch):
    monkeypatch.setattr(entries_file, "ROWS_AT_A_TIME", 1)
    head, *lines = GOOD.splitlines()
    file = "\n".join([head, *lines[:3], "R9,2025-03-14,VT,NULLE,3421,1,,Activité inconnue", *lines[3:]])
    taken = []
    with pytest.raises(entries_file.EntriesFileRefused) as refused:
        taken.extend(entries_file.to_entries(entries_file.read(file.encode()), books()))
    assert [entry.source for entry in taken] == ["import:R1"]
    assert [problem.where for problem in refused.value.problems] == ["5"]


def shuffled(text: str, chance: random.Random) -> str:
    head, *lines = text.splitlines()
    return "\n".join([head, *chance.sample(lines, len(lines))])


def outcome(data: bytes):
    try:
        return entries(data), ()
    except DomainError as error:
        return [], error.problems


def mutated(data: bytes, chance: random.Random) -> bytes:
    foreign = [b"\x00", b'"', b"\xff", b"\n", b"\r", b";", b",", b"=", b"-", b"\xe2\x80\xae", b"9" * 40, b"'"]
    for _ in range(chance.randint(1, 3)):
        place, length = chance.randrange(len(data)), chance.choice([1, 1, 1, 5, 60])
        piece = data[place : place + length]
        new = chance.choice([b"", piece * 2, piece[::-1], chance.choice(foreign), bytes([chance.randrange(256)])])
        data = data[:place] + new + data[place + length :]
    return data


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 10**12), st.sampled_from(["POT", "TIS"])), min_size=1, max_size=8))
def test_a_file_posts_exactly_what_balances(amounts):
    lines = [
        f"R,2025-03-14,VT,{activity},{sides.format(f'{cents // 100}.{cents % 100:02}')},x"
        for cents, activity in amounts
        for sides in ("3421,{},", "7121,,{}")
    ]
    (entry,) = entries(rows(*lines))
    assert sum(line.debit for line in entry.lines) == sum(cents for cents, _ in amounts)
    assert sum(line.credit for line in entry.lines) == sum(line.debit for line in entry.lines)
