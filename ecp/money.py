"""Dirhams and centimes. Amounts are Decimal dirhams with two decimals; nothing else in the project rounds."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

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


def parse(text: str) -> Decimal:
    """Read an amount as files write it: `1234.56`, plain digits and at most two decimals; ValueError otherwise.

    >>> parse("1234.5")
    Decimal('1234.50')
    """
    plain = text.strip()
    digits = plain[1:] if plain[:1] == "-" else plain
    whole, _, decimals = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and len(decimals) <= 2 and (decimals.isdigit() or "." not in digits)):  # noqa: PLR2004
        raise ValueError(text)
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:  # pragma: no cover - the test above leaves only what Decimal reads
        raise ValueError(text) from error
    if abs(amount) > MAX:
        raise ValueError(text)
    return amount.quantize(CENT)


def split(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Share an amount in proportion to weights, losing no centime.

    Shares are rounded towards zero; the centimes left over go one by one to those that lost most (ties: the first),
    so that shares always add up to `total`. Weights are not negative and not all zero (ValueError).

    >>> [str(share) for share in split(Decimal("100.00"), [1, 1, 1])]
    ['33.34', '33.33', '33.33']
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be positive")
    amount, sign = abs(centimes(total)), -1 if total < 0 else 1
    exact = [amount * Decimal(weight) / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_loss = sorted(range(len(weights)), key=lambda i: shares[i] - exact[i])
    for i in by_loss[: amount - sum(shares)]:
        shares[i] += 1
    return [from_centimes(sign * share) for share in shares]
