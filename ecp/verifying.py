"""Every promise that data can prove, of every area: what `ecp verify` asks, and each night by itself."""

from datetime import date

from ecp import outgoing
from ecp.accounting import verify as accounting
from ecp.accounting.verify import Finding
from ecp.documents import mails
from ecp.hosting import verify as hosting
from ecp.identity import people
from ecp.purchasing import verify as purchasing
from ecp.sales import verify as sales


def run() -> list[Finding]:
    """Check every enterprise that is seen, in the caller's transaction."""
    return [each for area in (accounting, sales, purchasing, hosting) for each in area.run()]


def tell(findings: list[Finding], on: date) -> list[Finding]:
    """Write to every administrator what the data of a day do not prove, once a day; gives those faults."""
    faults = [each for each in findings if each.fault]
    if not faults:
        return []
    for each in people.all_seen():
        if each.is_administrator and each.disabled_at is None:
            data = {"name": each.name, "day": on, "faults": [f"{fault.promise} : {fault.fault}" for fault in faults]}
            outgoing.write(
                key=f"verify:{on}:{each.id}",
                recipient=each.email,
                mail=mails.mail("books_faults", data, each.language),
                person_id=each.id,
            )
    return faults
