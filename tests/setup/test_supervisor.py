"""The supervisor: order, messages, restarts, and that nothing is ever left running."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ecp.embedded import places
from tests.setup.conftest import ROOT, eventually, free_port, processes_of

Stack = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def stack(data: Path, port: int) -> Iterator[Stack]:
    """Starts the fake stack in a process group of its own, as a terminal would."""
    started: list[subprocess.Popen[str]] = []

    def start(*kinds: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.setup.fake_stack", str(data), str(port), *kinds],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


def wait_for(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines up to the one with these words."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if words in line:
            return lines
    raise AssertionError("\n".join([*lines, process.stderr.read() if process.stderr else ""]))


def page(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return int(answer.read())


def others(data: Path, process: subprocess.Popen[str]) -> list[int]:
    return [one.pid for one in processes_of(data) if one.pid != process.pid]


def test_shows_the_address_and_the_logins_once_the_first_page_answers(data: Path, port: int, stack: Stack) -> None:
    process = stack("web", "sleeper")
    lines = wait_for(process, "Ctrl-C")
    assert f"    http://127.0.0.1:{port}/" in lines
    assert "    accès : une ligne" in lines
    assert page(port)
    assert "@/ecp?host=" in (data / "prepared").read_text()


def test_a_second_start_is_quick(stack: Stack) -> None:
    first = stack("web")
    wait_for(first, "Ctrl-C")
    first.terminate()
    first.communicate(timeout=30)
    began = time.monotonic()
    wait_for(stack("web"), "Ctrl-C")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(data: Path, stack: Stack, number: signal.Signals) -> None:
    process = stack("web", "with-child", "stubborn")
    wait_for(process, "Ctrl-C")
    assert eventually((data / "stubborn").exists)
    os.killpg(process.pid, number)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert error == ""
    assert out.endswith("Tout est arrêté.\n")
    assert eventually(lambda: not processes_of(data), seconds=2)


def test_a_killed_supervisor_leaves_no_process(data: Path, stack: Stack) -> None:
    process = stack("web", "sleeper")
    wait_for(process, "Ctrl-C")
    assert others(data, process)
    process.kill()
    process.communicate()
    assert eventually(lambda: not processes_of(data))


def test_a_stop_during_the_preparation_leaves_no_process(data: Path, stack: Stack) -> None:
    process = stack("web", "slow")
    assert eventually((data / "prepared").exists)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert eventually(lambda: not processes_of(data), seconds=2)


def test_a_dead_part_is_started_again(port: int, stack: Stack) -> None:
    process = stack("web")
    wait_for(process, "Ctrl-C")
    killed = page(port)
    os.kill(killed, signal.SIGKILL)
    assert wait_for(process, "nouveau démarrage") == ["Le web s’est arrêté (signal 9) : nouveau démarrage."]

    def back() -> bool:
        try:
            return page(port) != killed
        except OSError:
            return False

    assert eventually(back)


def test_the_loss_of_the_keeper_ends_everything_in_one_sentence(data: Path, stack: Stack) -> None:
    process = stack("web")
    wait_for(process, "Ctrl-C")
    address = str(places.arrange(data).keeper)
    (keeper,) = [one for one in psutil.process_iter(["cmdline"]) if address in (one.info["cmdline"] or ())]
    keeper.kill()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error.endswith("ont perdu leur gardien et se sont arrêtés : relancez « make run ».\n")
    assert eventually(lambda: not processes_of(data), seconds=5)


def test_a_part_that_cannot_live_ends_everything_in_one_sentence(data: Path, stack: Stack) -> None:
    process = stack("web", "broken")
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error == (
        "Le broken s’arrête dès son démarrage : ImportError: no such module, said the part "
        f"(journal : {data}/log/broken.log).\n"
    )
    assert eventually(lambda: not processes_of(data), seconds=2)


def test_a_web_server_that_cannot_start_is_not_waited_for(data: Path, stack: Stack) -> None:
    process = stack("broken-web", "sleeper")
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "said the part" in error
    assert len(error.splitlines()) == 1
    assert eventually(lambda: not processes_of(data), seconds=2)


def test_a_port_in_use_is_said_before_anything_starts(data: Path, port: int, stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = stack("web")
        out, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert error.startswith(f"Le port {port} de 127.0.0.1 est déjà pris : ")
    assert len(error.splitlines()) == 1
    assert not (data / "prepared").exists()
    assert processes_of(data) == []
