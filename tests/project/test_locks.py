"""The lists of libraries: what they pin is what pip looks for, whatever has come out since."""

import re
from importlib.metadata import PackageNotFoundError, requires

import pytest

from config import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]*])?==", re.MULTILINE)
WITH_EXTRAS = re.compile(r"^([A-Za-z0-9._-]+)\s*(\[[^]]*])")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_what_is_asked_with_extras_is_pinned_with_them(lock):
    """Else pip takes the newest release for `library[extra]`, and refuses it for want of a hash."""
    pinned = {name.lower(): extras for name, extras in PINNED.findall((ROOT / lock).read_text())}
    assert len(pinned) > 20
    asked = [
        (match[1].lower(), match[2]) for name in pinned for line in needs(name) if (match := WITH_EXTRAS.match(line))
    ]
    assert [(name, extras) for name, extras in asked if pinned.get(name) != extras] == []


def needs(name: str) -> list[str]:
    """What a library needs by itself; nothing where it is for another platform."""
    try:
        return [line for line in requires(name) or [] if "extra ==" not in line]
    except PackageNotFoundError:
        return []
