"""What the lines of a document come to: net, VAT and gross. Pure: no database, no clock.

Amounts are dirhams to the centime, positive for what the customer owes. VAT is computed once per rate, on the sum of
the lines at that rate (R4.5), then told out to the lines cumulatively: line after line, VAT of the sum so far less what
the lines before have got. So lines, categories and rates all add up to the document, whatever the signs.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate, pairwise

from ecp import law, money
from ecp.errors import Problem
from ecp.sales.errors import CreditExceedsInvoice


class Prices(StrEnum):
    """Whether prices were typed without VAT (HT) or with it (TTC): what was typed is kept, the other derived."""

    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True)
class Amounts:
    """A net amount and its VAT.

    >>> (Amounts(Decimal("100.00"), Decimal("20.00")) - Amounts(Decimal("30.00"), Decimal("6.00"))).gross
    Decimal('84.00')
    """

    net: Decimal = money.ZERO
    vat: Decimal = money.ZERO

    @property
    def gross(self) -> Decimal:
        """Net and VAT together (TTC)."""
        return self.net + self.vat

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.net + other.net, self.vat + other.vat)

    def __sub__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.net - other.net, self.vat - other.vat)

    def __neg__(self) -> "Amounts":
        return Amounts(-self.net, -self.vat)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a document: `vat_category` is a code of `ecp.vat`, `vat_rate` the fraction of its day."""

    quantity: Decimal
    unit_price: Decimal
    vat_category: str
    vat_rate: Decimal
    discount_rate: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Quantity × unit price less the discount, rounded once; net or gross, as the price was typed.

        >>> Line(quantity=Decimal(3), unit_price=Decimal("33.335"), vat_category="standard",
        ...      vat_rate=Decimal("0.20"), discount_rate=Decimal("0.10")).amount
        Decimal('90.00')
        """
        return money.rounded(self.quantity * self.unit_price * (1 - self.discount_rate))


@dataclass(frozen=True)
class Priced:
    """The lines of a document and the amounts of each, in the same order."""

    lines: tuple[Line, ...]
    amounts: tuple[Amounts, ...]

    @property
    def total(self) -> Amounts:
        """The whole document."""
        return sum(self.amounts, Amounts())

    def by_rate(self) -> dict[Decimal, Amounts]:
        """Sum by VAT rate, highest first, as the foot of an invoice shows it (R4.2)."""
        sums: dict[Decimal, Amounts] = defaultdict(Amounts)
        for (_, rate), amounts in self.by_category().items():
            sums[rate] += amounts
        return dict(sums)

    def by_category(self) -> dict[tuple[str, Decimal], Amounts]:
        """Sum by VAT category and rate, highest rate first: each exempt category has a mention of its own (R3.8)."""
        sums: dict[tuple[str, Decimal], Amounts] = defaultdict(Amounts)
        for line, amounts in zip(self.lines, self.amounts, strict=True):
            sums[line.vat_category, line.vat_rate] += amounts
        return dict(sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0])))


def price(lines: Sequence[Line], prices: Prices = Prices.NET) -> Priced:
    """Compute a document from its lines.

    >>> line = Line(quantity=Decimal(1), unit_price=Decimal("33.33"), vat_category="standard", vat_rate=Decimal("0.20"))
    >>> priced = price([line, line, replace(line, unit_price=Decimal("33.34"))])
    >>> priced.total
    Amounts(net=Decimal('100.00'), vat=Decimal('20.00'))
    >>> [str(amounts.vat) for amounts in priced.amounts]
    ['6.67', '6.66', '6.67']
    """
    amounts: list[Amounts] = [Amounts()] * len(lines)
    for rate in {line.vat_rate for line in lines}:
        places = [place for place, line in enumerate(lines) if line.vat_rate == rate]
        typed = [lines[place].amount for place in places]
        for place, found in zip(places, _told_out(typed, _NET_OR_GROSS[prices], rate), strict=True):
            amounts[place] = found
    return Priced(tuple(lines), tuple(amounts))


def from_net(net: Decimal, rate: Decimal) -> Amounts:
    """Add VAT to a net amount.

    >>> from_net(Decimal("10.03"), Decimal("0.20"))
    Amounts(net=Decimal('10.03'), vat=Decimal('2.01'))
    """
    return Amounts(net, money.rounded(net * rate))


def from_gross(gross: Decimal, rate: Decimal) -> Amounts:
    """Take VAT out of a gross amount, which stays what it was.

    At 20 %, one gross amount in six has no net that gives it back by `from_net`: hence the gross is kept as typed.

    >>> from_gross(Decimal("100.00"), Decimal("0.20"))
    Amounts(net=Decimal('83.33'), vat=Decimal('16.67'))
    """
    net = money.rounded(gross / (1 + rate))
    return Amounts(net, gross - net)


_NET_OR_GROSS: dict[Prices, Callable[[Decimal, Decimal], Amounts]] = {Prices.NET: from_net, Prices.GROSS: from_gross}


def _told_out(
    typed: Sequence[Decimal], amounts_of: Callable[[Decimal, Decimal], Amounts], rate: Decimal
) -> list[Amounts]:
    """Compute the sum of lines of one rate, and give each line what it adds to the sum."""
    sums = [amounts_of(total, rate) for total in accumulate(typed, initial=money.ZERO)]
    return [after - before for before, after in pairwise(sums)]


def credit(
    lines: Sequence[Line], prices: Prices, *, credited: Sequence[Decimal], quantities: Sequence[Decimal]
) -> Priced:
    """Compute a credit note on some quantities of an invoice's lines, after `credited` by credit notes before it.

    It is what the invoice loses when those quantities leave it, so that credit notes which together take back every
    quantity take back the invoice to the centime, in any order and number. Amounts are negative. Raises
    CreditExceedsInvoice naming each line on which more is credited than is left.
    """
    after = [was + more for was, more in zip(credited, quantities, strict=True)]
    beyond = [place for place, line in enumerate(lines) if not 0 <= after[place] / line.quantity <= 1]
    if beyond:
        problems = [Problem("Il ne reste pas autant à créditer.", where=f"lines-{place}-quantity") for place in beyond]
        raise CreditExceedsInvoice(problems)
    change = zip(_at(lines, credited, prices).amounts, _at(lines, after, prices).amounts, strict=True)
    taken_back = [replace(line, quantity=-quantity) for line, quantity in zip(lines, quantities, strict=True)]
    return Priced(tuple(taken_back), tuple(was - now for was, now in change))


def _at(lines: Sequence[Line], quantities: Sequence[Decimal], prices: Prices) -> Priced:
    return price([replace(line, quantity=each) for line, each in zip(lines, quantities, strict=True)], prices)


def problems(lines: Sequence[Line], prices: Prices = Prices.NET) -> list[Problem]:
    """Say what is wrong with the lines of a document to be issued; fields are named as the line editor names them."""
    found = [problem for place, line in enumerate(lines) for problem in _problems_of(line, f"lines-{place}")]
    if not lines:
        found.append(Problem("Le document n’a aucune ligne.", where="lines"))
    elif not found and price(lines, prices).total.gross < 0:
        found.append(Problem("Le total du document est négatif : faites plutôt un avoir.", where="lines"))
    elif not found and not price(lines, prices).total.gross:
        found.append(Problem("Le total du document est nul : indiquez un prix.", where="lines-0-unit_price"))
    return found


def _problems_of(line: Line, where: str) -> list[Problem]:
    found = []
    if not line.quantity:
        found.append(Problem("La quantité est nulle.", where=f"{where}-quantity"))
    if not 0 <= line.discount_rate <= 1:
        found.append(Problem("La remise doit être comprise entre 0 et 100 %.", where=f"{where}-discount_rate"))
    if abs(line.quantity * line.unit_price) > money.MAX / 1000:
        found.append(Problem("Le montant de la ligne est trop grand.", where=f"{where}-unit_price"))
    return found


def stamp(cash: Decimal, on: date) -> Decimal:
    """Compute the stamp duty on an amount received in cash (R3.21, CGI art. 252-I-B), owed by the customer besides.

    The rate is dated and the exemptions (fuel, medicines, sellers not bound to keep accounts) are the caller's to know.
    ValueError for a negative amount: a refund gives no stamp back.

    >>> stamp(Decimal("1200.00"), date(2026, 3, 1))
    Decimal('3.00')
    """
    if cash < 0:
        raise ValueError(cash)
    return money.rounded(cash * law.value("cash.stamp_rate_on_cash_receipts", on=on))
