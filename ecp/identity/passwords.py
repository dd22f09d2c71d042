"""Passwords: argon2id, and what one must be (OWASP ASVS 5.0, 6.2)."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ecp.errors import Problem
from ecp.identity.errors import WeakPassword

SHORTEST, LONGEST = 12, 200
_COMMON = ("motdepasse", "password", "azertyuiop", "qwertyuiop", "123456789012", "bienvenue", "000000000000")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password, but checking it takes as long")


def check(password: str, *, name: str = "", email: str = "") -> None:
    """Refuse a password that would be guessed.

    Raises: WeakPassword.
    """
    plain = _normal(password)
    folded = plain.casefold()
    if len(plain) < SHORTEST:
        raise WeakPassword([Problem("Au moins %(least)s signes.", "password", (("least", SHORTEST),))])
    if len(plain) > LONGEST:
        raise WeakPassword([Problem("Au plus %(most)s signes.", "password", (("most", LONGEST),))])
    own = [part.casefold() for part in [*name.split(), email.split("@", maxsplit=1)[0]] if len(part) > 3]  # noqa: PLR2004
    rest = folded
    for part in [*own, *_COMMON]:
        rest = rest.replace(part, "")
    if len(rest) < SHORTEST // 2 or len(set(folded)) < 5:  # noqa: PLR2004
        raise WeakPassword([Problem("Trop facile à deviner : prenez plusieurs mots sans rapport.", "password")])


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that was kept; takes as long where there is none."""
    try:
        return _hasher.verify(kept or _NOBODY, _normal(password)) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_rehash(kept: str) -> bool:
    """Tell whether the kept hash is of older settings."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
