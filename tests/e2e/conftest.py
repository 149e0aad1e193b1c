"""Two live networks for all tests; they are real, so tests leave them as they found them.

Files that use one are marked with its name, as `xdist_group`: else each worker would bring up its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork, processes_in

FEW_RECORDS, SOME_RECORDS = 600, 4_000
"""Enough for every planted case to stand among others; enough for all that a network writes to hold many people."""


@pytest.fixture(scope="session")
def network() -> Iterator[LiveNetwork]:
    """Yield eight bodies with their records, and the policy engine this machine has."""
    with tempfile.TemporaryDirectory(prefix="maglia-e2e-") as folder, gone_afterwards(Path(folder)) as live:
        live.up(bodies=8, records=SOME_RECORDS)
        yield live


@pytest.fixture(scope="session")
def small() -> Iterator[LiveNetwork]:
    """Yield three bodies on a machine where no OPA is to be found; what stops a body for a while is tried here."""
    with tempfile.TemporaryDirectory(prefix="maglia-small-") as folder:
        environment = {name: value for name, value in os.environ.items() if name != "MAGLIA_OPA"}
        environment |= {"XDG_CACHE_HOME": f"{folder}/no-cache", "PATH": "/usr/bin:/bin"}
        if shutil.which("opa", path=environment["PATH"]):
            environment["PATH"] = f"{folder}/no-programs"
        with gone_afterwards(Path(folder) / "rete", environment) as live:
            live.up(bodies=3, records=FEW_RECORDS)
            yield live


@contextmanager
def gone_afterwards(directory: Path, environment: Mapping[str, str] | None = None) -> Iterator[LiveNetwork]:
    """Take a network down, whatever happened; after tests that passed, `down` leaves no process, and every file."""
    live = LiveNetwork(directory, environment)
    try:
        yield live
        before = set(live.running())
        ended = live.down()
        assert ended.status == 0, ended
        assert set(ended.document["stopped"]) == before == {"registry", *live.members()}
        assert processes_in(live.directory) == []
        assert live.directory.joinpath("demo.json").exists()
    finally:
        again = live.down()
    assert (again.status, again.document["stopped"]) == (0, []), again
