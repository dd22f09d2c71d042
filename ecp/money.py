"""Dirhams and centimes. Amounts are Decimal dirhams with two decimals; nothing else rounds what is kept."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX = Decimal("99999999999999.99")  # what sixteen digits hold; far inside a bigint of centimes
MEANS = ("cash", "cheque", "transfer", "card", "mobile")
"""How money is handed over."""


def rounded(amount: Decimal) -> Decimal:
    """Round to the centime, halves away from zero (RULES R4.5).

    >>> rounded(Decimal("0.125")), rounded(Decimal("-0.125"))
    (Decimal('0.13'), Decimal('-0.13'))
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def centimes(amount: Decimal) -> int:
    """Whole centimes of an exact amount; a fraction of a centime is a bug and raises ValueError.

    >>> centimes(Decimal("12.30"))
    1230
    """
    scaled = amount.scaleb(2)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"{amount} is not a whole number of centimes")
    return whole


def from_centimes(count: int) -> Decimal:
    """Dirhams from whole centimes.

    >>> from_centimes(1230)
    Decimal('12.30')
    """
    return Decimal(count).scaleb(-2)
