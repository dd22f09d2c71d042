"""A real place of its own for commands: servers that run while the tests of a file do."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from config import Settings
from ecp import servers
from ecp.cli import main


@dataclass(frozen=True)
class Done:
    """What a command answered."""

    status: int
    out: str
    error: str

    @property
    def json(self):
        assert self.status == 0, self.error
        return json.loads(self.out)


Ecp = Callable[..., Done]


@pytest.fixture(scope="module")
def ecp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ecp]:
    """Run commands in a place of their own."""
    place = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patched, servers.running(Settings(data_dir=place), redis=False):
        patched.setenv("ECP_DATA", str(place))
        patched.delenv("DATABASE_URL", raising=False)
        patched.delenv("REDIS_URL", raising=False)
        yield run


def run(*words: object) -> Done:
    out, error = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        status = main.run([str(word) for word in words])
    out.flush()
    return Done(status, out.buffer.getvalue().decode(), error.getvalue())
