"""Whose page it is: closed by default, every view names the roles that may call it.

The cookie (signed, HttpOnly) carries the token of a session that lives in the database; each request acts with that
token, so row-level security knows the person too, and a session that was ended shows nothing any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from ecp import walls
from ecp.db import session as database_session
from ecp.enterprises import Role

View = TypeVar("View", bound=Callable[..., Any])
_ANYONE = "anyone"

manager = LoginManager()


@dataclass(frozen=True, kw_only=True)
class Actor(UserMixin):
    """The person who asks, with what they are now."""

    token: str
    person_id: int
    name: str
    language: str
    roles: frozenset[Role]
    enterprise_ids: tuple[int, ...]
    """Enterprises whose books they keep, or whose activities they follow."""

    books_ids: tuple[int, ...]
    """Enterprises whose books they keep."""

    activity_ids: tuple[int, ...]

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token

    def has(self, *roles: Role) -> bool:
        """Tell whether they have one of some roles."""
        return not self.roles.isdisjoint(roles)


def requires(*roles: Role) -> Callable[[View], View]:
    """Open a view to those who have one of some roles."""

    def mark(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def anyone(view: View) -> View:
    """Open a view to everybody, signed in or not."""
    view.roles = _ANYONE  # type: ignore[attr-defined]
    return view


def current() -> Actor:
    """The signed-in actor; only in views that require a role."""
    actor = signed_in()
    if actor is None:
        abort(401)
    return actor


def signed_in() -> Actor | None:
    """The signed-in actor, or None."""
    actor = g.get("_login_user")  # where Flask-Login keeps it: its proxy asks many times a page
    if actor is None:
        actor = current_user._get_current_object()  # noqa: SLF001
    return actor if actor.is_authenticated else None


def sign_in(token: str) -> None:
    """Begin a visit with a fresh session: nothing of an earlier one stays in the cookie."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    walls.assume(token)
    forget_reader()
    actor = load(token)
    if actor is None:
        abort(401)
    login_user(actor)


def forget_reader() -> None:
    """Find anew who reads and in which language: pages keep both for the length of a request."""
    for name in ("_login_user", "language", "translations"):
        g.pop(name, None)


def sign_out() -> None:
    """End the session in the database, and the visit."""
    actor = signed_in()
    logout_user()
    session.clear()
    if actor:
        walls.close_session(actor.token)


@manager.user_loader
def load(token: str) -> Actor | None:
    """Find whom a token stands for, with one query under that token's own scope."""
    walls.assume(token)
    database_session.rollback()
    row = database_session.execute(_ACTOR).one_or_none()
    if row is None:
        walls.assume("")
        return None
    roles = {Role(each["role"]) for each in row.memberships}
    if row.is_administrator:
        roles.add(Role.ADMINISTRATOR)
    return Actor(
        token=token,
        person_id=row.id,
        name=row.name,
        language=row.language,
        roles=frozenset(roles),
        enterprise_ids=_ids(row.memberships, "enterprise_id", Role.ACCOUNTANT, Role.COORDINATOR),
        books_ids=_ids(row.memberships, "enterprise_id", Role.ACCOUNTANT),
        activity_ids=_ids(row.memberships, "activity_id", Role.ENTREPRENEUR),
    )


def _ids(memberships: list[dict[str, Any]], name: str, *roles: Role) -> tuple[int, ...]:
    return tuple(dict.fromkeys(each[name] for each in memberships if each["role"] in roles))


_ACTOR = sa.text("""
    select p.id, p.name, p.language, p.is_administrator, coalesce((
        select json_agg(json_build_object('role', m.role, 'enterprise_id', m.enterprise_id,
            'activity_id', m.activity_id) order by m.id)
        from membership m where m.person_id = p.id), '[]') as memberships
    from person p where p.id = (select walls_person())
""")


def safe_target(target: str | None) -> str | None:
    """Give back where to go after signing in, if it is a page of ours."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or urlsplit(target).netloc:
        return None
    return target


def register(app: Flask) -> None:
    """Guard every request."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.config["SETTINGS"].production,
        SESSION_COOKIE_NAME="__Host-ecp" if app.config["SETTINGS"].production else "ecp",
    )
    manager.init_app(app)
    manager.session_protection = None  # the session is in the database: nothing about it is guessed from addresses
    app.before_request(_guard)
    app.teardown_request(_forget)


def _forget(_error: BaseException | None) -> None:
    """A thread serves many people: the scope of one never meets the next."""
    walls.assume("")


def _guard() -> Response | None:
    """Let in those whom the view names."""
    walls.assume("")
    forget_reader()
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    roles = getattr(view, "roles", None)
    if roles == _ANYONE:
        return None
    actor = signed_in()
    if actor is None:
        target = request.full_path if request.method == "GET" and request.query_string else request.path
        return redirect(url_for("identity.login", suite=target if request.method == "GET" else None))
    if not roles or actor.roles.isdisjoint(roles):
        abort(403)
    return None


def check_closed(app: Flask) -> None:
    """Refuse to start with a view that names nobody.

    Raises: RuntimeError.
    """
    open_views = [name for name, view in app.view_functions.items() if not getattr(view, "roles", None)]
    if open_views:
        raise RuntimeError(f"views that name no role: {', '.join(sorted(open_views))}")
