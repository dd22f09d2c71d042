"""The secret of an installation, and the keys derived from it, each for one purpose."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from config import Settings

_FILE = "secret-key"
_LONG_ENOUGH = 32


def secret_key(settings: Settings) -> str:
    """Give SECRET_KEY, or the one made once and kept in the data directory.

    Raises: SystemExit where production has no key of its own.
    """
    if settings.secret_key:
        return settings.secret_key
    if settings.production:
        raise SystemExit("SECRET_KEY manque : en production, donnez une clé longue et gardez-la.")
    path = settings.data_dir / _FILE
    try:
        kept = path.read_text().strip()
    except FileNotFoundError:
        kept = _make(path)
    return kept


def derived(settings: Settings, purpose: str) -> bytes:
    """Give 32 bytes for one purpose; who knows them learns nothing of the others."""
    return hmac.new(secret_key(settings).encode(), purpose.encode(), hashlib.sha256).digest()


def _make(path: Path) -> str:
    """Write a new key whole or not at all; where two processes try, both read the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.touch(mode=0o600)
    own.write_text(secrets.token_urlsafe(_LONG_ENOUGH))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return path.read_text().strip()
