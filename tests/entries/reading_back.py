"""Balances as other programs compute them from our files."""

import csv
import io
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from beancount import loader
from beancount.core.data import Transaction


def by_hledger(journal: Path, *query: str) -> dict[str, Decimal]:
    """Account -> balance, from the real hledger."""
    program = shutil.which("hledger")
    assert program, "hledger est absent : « apt-get install hledger » (.ci/run l’installe)."
    command = [program, "-f", str(journal), "balance", "-N", "--flat", "-O", "csv", *query]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    return {account: Decimal(amount.removesuffix(" MAD")) for account, amount in rows if amount != "0"}


def by_beancount(path: Path) -> tuple[dict[str, Decimal], dict[str, dict[str, Decimal]]]:
    """Account -> balance, and the same by activity, from Beancount's own loader, which must find no error."""
    entries, errors, _ = loader.load_file(str(path))
    assert not errors, [error.message for error in errors][:5]
    accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    activities: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                account = posting.account.partition(":")[2]
                accounts[account] += posting.units.number
                activities[posting.meta["activity"]][account] += posting.units.number
    return moved(accounts), {activity: moved(found) for activity, found in activities.items()}


def moved(balances: dict[str, Decimal]) -> dict[str, Decimal]:
    """Only what is not zero."""
    return {account: amount for account, amount in balances.items() if amount}
