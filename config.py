"""Every setting of the application, with its default. Only this file reads the environment."""

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent


def version() -> str:
    """The application's version, written once, in pyproject.toml."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _flag(name: str, default: bool) -> bool:  # noqa: FBT001
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "oui"}


def _number(name: str, default: int, *, most: int = 1_000_000) -> int:
    """A whole number, or the end of the program in one sentence."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise SystemExit(f"{name} doit être un nombre entier, {most} au plus, et non « {text} ».")
    return int(text)


@dataclass(frozen=True)
class Settings:
    """What differs from one installation to the next."""

    data_dir: Path = field(default_factory=lambda: Path(os.environ.get("ECP_DATA") or ROOT / "var").resolve())
    """Embedded servers, secret key and files live here; none: var/ beside this file, wherever a command is typed."""

    database_url: str | None = field(default_factory=lambda: os.environ.get("DATABASE_URL") or None)
    """An administrator's URL of a real PostgreSQL (≥ 15); none: the embedded server."""

    redis_url: str | None = field(default_factory=lambda: os.environ.get("REDIS_URL") or None)
    """A real Redis; none: the embedded server."""

    secret_key: str | None = field(default_factory=lambda: os.environ.get("SECRET_KEY"))
    """Signs links and cookies, and derives the database roles' passwords; none: made once in data_dir."""

    host: str = field(default_factory=lambda: os.environ.get("ECP_HOST", "127.0.0.1"))
    port: int = field(default_factory=lambda: _number("ECP_PORT", 8000, most=65535))
    web_workers: int = field(default_factory=lambda: _number("ECP_WEB_WORKERS", 2))
    job_workers: int = field(default_factory=lambda: _number("ECP_JOB_WORKERS", 2))

    public_url: str | None = field(default_factory=lambda: os.environ.get("ECP_PUBLIC_URL"))
    """What links in mails begin with; none: http://host:port."""

    proxies: int = field(default_factory=lambda: _number("ECP_PROXIES", 0))
    """How many proxies stand in front and say who calls (X-Forwarded-For, X-Forwarded-Proto)."""

    production: bool = field(default_factory=lambda: _flag("ECP_PRODUCTION", default=False))
    """Secure cookies, no demo, no embedded secret."""

    mail_transport: str = field(default_factory=lambda: os.environ.get("ECP_MAIL", "outbox"))
    """`outbox` keeps mails readable in the application; `smtp://user:password@host:port` sends them."""

    mail_sender: str = field(default_factory=lambda: os.environ.get("ECP_MAIL_SENDER", "ecp@example.org"))

    @property
    def root(self) -> str:
        """What links in mails begin with: what a request says of its host is never asked."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
