"""Signing in, and the links by mail that let people choose a password: signed, once, for some time."""

from dataclasses import dataclass

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer

from ecp import walls
from ecp.db import session
from ecp.errors import NotFound, Problem
from ecp.identity import passwords, people
from ecp.identity.errors import LinkExpired, TooManyTries, WeakPassword, WrongLogin

FREE_TRIES, FREE_TRIES_OF_ADDRESS = 5, 30
INVITATION, RESET = "invitation", "reset"
HOURS = {INVITATION: 24 * 7, RESET: 2}


def ask_for_link(email: str, *, address: str) -> None:
    """Count who asks for a link, known or not: each one voids the link before it.

    Raises: TooManyTries.
    """
    keys = [f"link:{people.looked_up(email)}", f"link-address:{address}"]
    _refuse_the_hasty(keys)
    _count_try(keys)


@dataclass(frozen=True, kw_only=True)
class LinkOwner:
    """Whom a link was sent to."""

    person_id: int
    name: str
    email: str
    language: str
    purpose: str


def sign_in(email: str, password: str, *, address: str, seen_from: str = "") -> str:
    """Open a session for who knows the password; gives its token.

    Raises: TooManyTries, WrongLogin; each wrong try counts for the account and for the network address.
    """
    wanted = people.looked_up(email)
    keys = [f"account:{wanted}", f"address:{address}"]
    _refuse_the_hasty(keys)
    row = walls.login_row(wanted)
    is_right = passwords.matches(row.password_hash if row else None, password)
    if row is None or not is_right or row.disabled_at is not None:
        _count_try(keys)
        raise WrongLogin
    walls.alone(_PASSED, {"key": keys[0]})
    if passwords.needs_rehash(str(row.password_hash)):
        walls.set_password(row.id, passwords.hashed(password))
    return walls.open_session(row.id, kind="web", seen_from=seen_from)


def make_link(person_id: int, purpose: str, secret: str) -> str:
    """Make the signed word of a link; earlier ones of the same purpose serve no more."""
    return str(_signer(secret).dumps(walls.open_link(person_id, purpose, hours=HOURS[purpose])))


def owner(word: str, secret: str) -> LinkOwner:
    """Tell whom a link is for; raises LinkExpired."""
    row = session.execute(_FIND, {"token": _unsigned(word, secret)}).one_or_none()
    if row is None:
        raise LinkExpired
    return LinkOwner(**row._mapping)  # noqa: SLF001


def choose_password(word: str, secret: str, password: str) -> LinkOwner:
    """Set a password by a link, which serves no more; every open session of the person ends.

    Raises: LinkExpired, WeakPassword.
    """
    found = owner(word, secret)
    passwords.check(password, name=found.name, email=found.email)
    if not walls.alone(_USE, {"token": _unsigned(word, secret)}):
        raise LinkExpired
    walls.set_password(found.person_id, passwords.hashed(password))
    walls.close_sessions(found.person_id)
    return found


def change_password(email: str, current: str, new: str, *, name: str) -> None:
    """Change one's own password; other sessions end.

    Raises: WrongLogin, WeakPassword.
    """
    row = walls.login_row(email)
    if row is None or not passwords.matches(row.password_hash, current):
        raise WrongLogin
    if passwords.matches(row.password_hash, new):
        raise WeakPassword([Problem("C’est déjà votre mot de passe.", "password")])
    passwords.check(new, name=name, email=email)
    walls.set_password(row.id, passwords.hashed(new))
    walls.close_sessions(row.id)


def set_password(email: str, new: str) -> int:
    """Set a person's password in the installation's name, whatever it was; every open session of theirs ends.

    Gives the person's id. Raises: NotFound, WeakPassword.
    """
    row = walls.login_row(people.looked_up(email))
    if row is None:
        raise NotFound
    passwords.check(new, name=people.one(row.id).name, email=email)
    walls.set_password(row.id, passwords.hashed(new))
    walls.close_sessions(row.id)
    return int(row.id)


def _refuse_the_hasty(keys: list[str]) -> None:
    wait = walls.alone(_WAIT, {"keys": keys})
    if wait:
        raise TooManyTries(seconds=wait)


def _count_try(keys: list[str]) -> None:
    account, address = keys
    walls.alone(_FAILED, {"keys": [account], "free": FREE_TRIES})
    walls.alone(_FAILED, {"keys": [address], "free": FREE_TRIES_OF_ADDRESS})


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="ecp.identity.links")


def _unsigned(word: str, secret: str) -> str:
    try:
        return str(_signer(secret).loads(word))
    except BadSignature as error:
        raise LinkExpired from error


_WAIT = sa.text("select throttle_wait(:keys)")
_FAILED = sa.text("select throttle_failed(:keys, :free)")
_PASSED = sa.text("select throttle_passed(:key)")
_FIND = sa.text("select person_id, name, email, language, purpose from link_find(:token)")
_USE = sa.text("select link_use(:token)")
