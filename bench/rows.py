"""A measurement, its floor, what is to be reached; printed one row each and written as JSON."""

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TARGET = Path(__file__).parents[1] / "build" / "bench.json"


@dataclass(frozen=True, kw_only=True)
class Row:
    """`ratio` is product over floor for speeds, floor over product for times: 1 is the floor itself."""

    measure: str
    product: float
    unit: str
    floor: float | None
    wanted: str
    reached: bool

    @property
    def ratio(self) -> float | None:
        """How near the floor the product is."""
        if self.floor is None:
            return None
        return self.product / self.floor if self.unit.endswith("/s") else self.floor / self.product

    def told(self) -> str:
        """One line."""
        floor = "–" if self.floor is None else f"{self.floor:.2f}"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        mark = "ok" if self.reached else "NOT REACHED"
        return (
            f"{self.measure:<58} {self.product:>10.2f} {self.unit:<10} {floor:>10} {ratio:>6}  {self.wanted:<34} {mark}"
        )


class Disagreement(Exception):
    """Product and floor did not come to the same centime: their times mean nothing."""


def agree(what: str, product: object, floor: object) -> None:
    """Refuse to compare times of different results."""
    if product != floor:
        raise Disagreement(f"{what}: {product} is not {floor}")


def at_once(number: int, work: Callable[[int], object]) -> float:
    """Have several threads do some work at once, each told its place; gives the seconds until the last has done it."""
    threads = [threading.Thread(target=work, args=(place,)) for place in range(number)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def seconds(work: Callable[[], object], times: int = 1) -> list[float]:
    """Time some work, each time apart."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def p95(times: Sequence[float]) -> float:
    """The time that nineteen in twenty stay under."""
    return sorted(times)[int(len(times) * 0.95)]


def median(times: Sequence[float]) -> float:
    """The middle time."""
    return statistics.median(times)


def show(rows: Sequence[Row]) -> None:
    """Print the rows and write them down."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps([{**asdict(row), "ratio": row.ratio} for row in rows], indent=1) + "\n")
    sys.stdout.write(
        f"\n{sum(row.reached for row in rows)} of {len(rows)} reached; {TARGET.name} in {TARGET.parent.name}/\n"
    )
