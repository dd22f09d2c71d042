"""What the application refuses, in three families; only `ecp.web` and `ecp.cli` know what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given: where, and a sentence in French (translated at the edge).

    `where` names a field ("lines-2-debit") or a row of a file ("12"); `data` fills the sentence's %(names)s.
    """

    message: str
    where: str | None = None
    data: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        text = self.message % dict(self.data) if self.data else self.message
        return f"{self.where} : {text}" if self.where else text


class DomainError(Exception):
    """The base of all that users may meet: a French sentence in `message`, its data as attributes."""

    message = "L’opération est refusée."

    def __init__(self, problems: Sequence[Problem] = (), **data: object) -> None:
        """Keep what was wrong; `data` fills the message's %(names)s."""
        self.problems = tuple(problems)
        self.data = data
        super().__init__(str(self))

    def at(self, where: str | None) -> Problem:
        """Tell the same as a problem of one place."""
        return Problem(self.message, where, tuple(self.data.items()))

    def __str__(self) -> str:
        head = self.message % self.data if self.data else self.message
        return "\n".join([head, *map(str, self.problems)])


class NotFound(DomainError):
    """What was asked for does not exist, or not for this person: the two are not told apart."""

    message = "Introuvable."


class Invalid(DomainError):
    """What was given can be mended by the person who gave it."""

    message = "Certaines données sont à corriger."


class Refused(DomainError):
    """The state of the books forbids it."""
