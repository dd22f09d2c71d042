"""Whom the application acts for: a session in the database, of which only the token travels.

Policies of PostgreSQL resolve the token at each statement, so a right that is withdrawn bites at once. A session is
opened with a proof made from a key that processes derive from SECRET_KEY: SQL that was injected cannot open one.

    with walls.token(cookie): …                 # a page
    with walls.person(7, enterprise_id=1): …    # a job of somebody, in one enterprise only
    with walls.system(): …                      # the command line, sweeps: all enterprises
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ecp import keys
from ecp.db import beside, scope, session, tell_scope

PURPOSE = "guard"
_JOB_HOURS = 2


@contextmanager
def token(raw: str) -> Iterator[None]:
    """Act for whom a token stands; an unknown or ended one sees nothing."""
    before = scope.set(raw)
    try:
        tell_scope()
        yield
    except BaseException:
        scope.reset(before)
        raise
    scope.reset(before)
    tell_scope()


def assume(raw: str) -> None:
    """Act for a token until the end of a request, which is a context of its own."""
    scope.set(raw)


@contextmanager
def system() -> Iterator[None]:
    """Act for the installation itself: every enterprise's books, nobody's name."""
    with _session(None, "system", None):
        yield


@contextmanager
def person(person_id: int, enterprise_id: int | None = None) -> Iterator[None]:
    """Act for a person, with the rights they have now; in one enterprise only if it is named."""
    with _session(person_id, "job", enterprise_id):
        yield


@contextmanager
def _session(person_id: int | None, kind: str, enterprise_id: int | None) -> Iterator[None]:
    raw = open_session(person_id, kind=kind, hours=_JOB_HOURS, enterprise_id=enterprise_id)
    try:
        with token(raw):
            yield
    finally:
        close_session(raw)


def open_session(
    person_id: int | None, *, kind: str = "web", hours: int = 12, enterprise_id: int | None = None, seen_from: str = ""
) -> str:
    """Open a session and give its token, which is nowhere kept; its transaction is its own."""
    raw = secrets.token_urlsafe(32)
    digest = hashlib.sha256(raw.encode()).digest()
    parts = ("open", kind, person_id, enterprise_id, hours, digest.hex())
    said = ":".join(str(part) for part in parts if part is not None)
    values = {
        "person": person_id,
        "enterprise": enterprise_id,
        "kind": kind,
        "hours": hours,
        "digest": digest,
        "seen": seen_from[:200],
        "proof": _proof(said),
    }
    with _connection() as connection:
        connection.execute(_OPEN, values)
    return raw


def close_session(raw: str) -> None:
    """End the session of a token, at once and everywhere."""
    with _connection() as connection:
        connection.execute(_CLOSE, {"token": raw})


def close_sessions(person_id: int) -> None:
    """End every session of a person."""
    with _connection() as connection:
        connection.execute(_CLOSE_ALL, {"person": person_id, "proof": _proof(f"close:{person_id}")})


def login_row(email: str) -> sa.Row[tuple[int, str | None, object, str]] | None:
    """Give (id, password_hash, disabled_at, language) of the person with an address, for the login page alone."""
    with _connection() as connection:
        values = {"email": email, "proof": _proof(f"login:{email}")}
        return connection.execute(_LOGIN, values).one_or_none()


def set_password(person_id: int, password_hash: str) -> None:
    """Keep a person's new hash; nobody can read it back but `login_row`."""
    with _connection() as connection:
        proof = _proof(f"password:{person_id}:{password_hash}")
        connection.execute(_PASSWORD, {"person": person_id, "hash": password_hash, "proof": proof})


def set_password_here(person_id: int, password_hash: str) -> None:
    """Keep the hash of a person whom the caller's own transaction has just added."""
    proof = _proof(f"password:{person_id}:{password_hash}")
    session.execute(_PASSWORD, {"person": person_id, "hash": password_hash, "proof": proof})


def open_link(person_id: int, purpose: str, *, hours: int) -> str:
    """Make the token of a link that serves once; it is nowhere kept. In the caller's transaction."""
    raw = secrets.token_urlsafe(32)
    digest = hashlib.sha256(raw.encode()).digest()
    proof = _proof(f"link:{person_id}:{purpose}:{hours}:{digest.hex()}")
    values = {"person": person_id, "purpose": purpose, "hours": hours, "digest": digest, "proof": proof}
    session.execute(_LINK, values)
    return raw


def alone(query: sa.TextClause, values: dict[str, object]) -> Any:
    """Run one of the guard's functions beside the caller's transaction, so that it stays whatever becomes of that."""
    with _connection() as connection:
        return connection.execute(query, values).scalar_one()


def note(what: str, *, enterprise_id: int | None = None, activity_id: int | None = None, subject: str = "") -> None:
    """Write in the trail, within the caller's transaction: who, when and what; the database sets who and when."""
    values = {"enterprise": enterprise_id, "activity": activity_id, "what": what, "subject": subject}
    session.execute(_NOTE, values)


@contextmanager
def _connection() -> Iterator[sa.Connection]:
    """Give a connection beside the caller's transaction; in tests, the one that is undone with the test."""
    shared = current_app.extensions.get("ecp.connection")
    if shared is not None:
        with shared.begin_nested():
            yield shared
    else:
        with beside() as connection:
            yield connection


def _proof(said: str) -> bytes:
    """Prove that a call comes from a process that knows the key (a keyed digest in two rounds)."""
    key: bytes = current_app.config.get("GUARD_KEY") or keys.derived(current_app.config["SETTINGS"], PURPOSE)
    return hashlib.sha256(key + hashlib.sha256(key + said.encode()).digest()).digest()


_OPEN = sa.text("select session_open(:person, :enterprise, :kind, :hours, :digest, :seen, :proof)")
_CLOSE = sa.text("select session_close(:token)")
_CLOSE_ALL = sa.text("select sessions_close(:person, :proof)")
_LOGIN = sa.text("select id, password_hash, disabled_at, language from person_login(:email, :proof)")
_PASSWORD = sa.text("select person_set_password(:person, :hash, :proof)")
_LINK = sa.text("select link_make(:person, :purpose, :hours, :digest, :proof)")
_NOTE = sa.text("select trail_note(:enterprise, :activity, :what, :subject, '{}')")
MY_SESSIONS = sa.text("select session_key, opened_at, expires_at, seen_from, is_this from sessions_mine()")
REVOKE_SESSION = sa.text("select session_revoke(:key)")
