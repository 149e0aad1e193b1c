"""Connections that say nothing, or next to nothing, on the ports of real programs: nobody else is kept out by them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

PATIENCE_S = 60
ROOT = Path(__file__).parents[2]
FOUND = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'proto'}"}


@pytest.mark.parametrize("count", [300, pytest.param(5_000, marks=pytest.mark.long)])
def test_whoever_says_nothing_keeps_nobody_out_and_is_let_go(small: LiveNetwork, count: int) -> None:
    case = small.case("clear")
    asked = next(member for member in small.members() if member != case["asker"])
    programs = {"registry": small.sheet["registry"]["front"], asked: small.node(asked)["peer"]}
    before = {name: open_files(small, name) for name in programs}
    with ExitStack() as held:
        for name, address in programs.items():
            held.enter_context(idle_connections(address, count // len(programs)))
            until(lambda name=name: open_files(small, name) > before[name] + count // len(programs) // 2)  # type: ignore[misc]
        ended = small.check(case)
        assert (ended.document["verdict"], ended.document["complete"]) == (case["expected_verdict"], True)
        # Let go while they are still held on this side: by the servers, which wait ten seconds for a name.
        until(lambda: all(open_files(small, name) < before[name] + 20 for name in programs))


@contextmanager
def idle_connections(address: str, count: int) -> Iterator[None]:
    """Hold connections, from a process of their own."""
    host, port = address.rsplit(":", 1)
    command = [sys.executable, "-m", "tests.support.idle_caller", host, port, str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=FOUND) as caller:
        assert caller.stdin
        assert caller.stdout
        try:
            assert caller.stdout.readline() == b"held\n"
            yield
        finally:
            caller.stdin.close()
            caller.wait(PATIENCE_S)


def open_files(network: LiveNetwork, name: str) -> int:
    """Return how many files and connections a program has open."""
    return len(list(Path(f"/proc/{network.process(name).pid}/fd").iterdir()))


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail when it never does."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)
