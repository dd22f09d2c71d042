"""What happens in the demonstration, from a fixed seed: the same months for everybody, told in whole centimes. Pure."""

import random
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ecp.demo.trades import CUSTOMERS, SUPPLIERS, Trade

SEED = 1956
CHANNELS = ("workshop", "shop", "fair", "consignment", "trade", "online")
_SEASON = (80, 85, 95, 100, 105, 110, 125, 130, 100, 95, 90, 115)  # percent, January first
_PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A sale: its lines are (product's place, quantity); paid some days later, or not yet (None)."""

    key: str
    on: date
    customer: str
    channel: str
    lines: tuple[tuple[int, int], ...]
    paid_after: int | None
    means: str


@dataclass(frozen=True, kw_only=True)
class Bought:
    """A purchase, VAT included, paid some days later."""

    key: str
    on: date
    supplier: str
    nature: str
    label: str
    gross: int
    paid_after: int


@dataclass(frozen=True)
class Month:
    """A month of an activity."""

    sales: tuple[Sale, ...]
    bought: tuple[Bought, ...]


def months(first: date, today: date) -> list[date]:
    """List first days, from a month to the one of a day.

    >>> months(date(2025, 12, 1), date(2026, 1, 5))
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1)]
    """
    found, day = [], first
    while day <= today:
        found.append(day)
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def month(trade: Trade, of: date, *, age: int, today: date) -> Month:
    """Tell a month of an activity that is `age` months old; nothing happens after today.

    >>> from ecp.demo.trades import TANGER
    >>> told = month(TANGER[0], date(2026, 1, 1), age=7, today=date(2026, 11, 25))
    >>> told == month(TANGER[0], date(2026, 1, 1), age=7, today=date(2026, 11, 25)), len(told.sales) > 3
    (True, True)
    """
    chance = random.Random(f"{SEED}:{trade.code}:{of}")  # noqa: S311 (a story, no secret)
    sales = tuple(each for each in _sales(trade, of, age, chance) if each.on <= today)
    bought = tuple(each for each in _bought(trade, of, sales, chance) if each.on <= today)
    return Month(sales, bought)


def _sales(trade: Trade, of: date, age: int, chance: random.Random) -> Iterator[Sale]:
    count = max(trade.sales * _SEASON[of.month - 1] * _trend(trade.mood, age) // (_PERCENT * _PERCENT), 0)
    days = sorted(chance.randrange(1, monthrange(of.year, of.month)[1] + 1) for _ in range(count))
    for place, day in enumerate(days):
        product = chance.randrange(len(trade.products))
        quantity = 1 + chance.randrange(max(1, 300_000 // trade.products[product][2] // 6))
        lines = [(product, quantity)]
        if chance.random() < 0.3:  # noqa: PLR2004
            lines.append(((product + 1) % len(trade.products), 1))
        slow = trade.mood in {"tight", "falling"}
        paid_after: int | None = chance.choice((0, 0, 3, 12, 30, 45) if not slow else (5, 30, 60, 75))
        if chance.random() < (0.25 if slow else 0.03):
            paid_after = None
        yield Sale(
            key=f"{trade.code}:{of:%Y%m}:{place}",
            on=of.replace(day=day),
            customer=chance.choice(CUSTOMERS),
            channel=chance.choice(CHANNELS),
            lines=tuple(lines),
            paid_after=paid_after,
            means="cash" if paid_after == 0 and chance.random() < 0.5 else "transfer",  # noqa: PLR2004
        )


def _trend(mood: str, age: int) -> int:
    """Percent of the usual sales at an age in months."""
    if mood == "rising":
        return 70 + age * 4
    if mood == "falling":
        return max(130 - age * 5, 35)
    if mood == "quiet":
        return 100 if age < 15 else 0  # noqa: PLR2004
    return 100


def _bought(trade: Trade, of: date, sales: tuple[Sale, ...], chance: random.Random) -> Iterator[Bought]:
    sold = sum(trade.products[place][2] * quantity for sale in sales for place, quantity in sale.lines)
    share = 55 if trade.mood == "tight" else 12 if trade.is_service else 30
    materials = (sold * share // _PERCENT) // 100 * 100
    plans = [
        ("telephone", "Téléphone et internet", 19_900),
        ("energy", "Électricité", 15_000 + chance.randrange(30_000)),
        ("rent", "Loyer de l’atelier", 90_000 if not trade.is_service else 0),
        ("travel" if trade.is_service else "materials", "Déplacements" if trade.is_service else "Matières", materials),
    ]
    for place, (nature, label, gross) in enumerate(plans):
        if gross > 0:
            yield Bought(
                key=f"{trade.code}:{of:%Y%m}:{place}",
                on=of.replace(day=3 + chance.randrange(24)),
                supplier=SUPPLIERS[place % len(SUPPLIERS)],
                nature=nature,
                label=label,
                gross=gross,
                paid_after=chance.choice((0, 5, 20, 40)),
            )
