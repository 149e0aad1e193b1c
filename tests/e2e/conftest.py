"""One network of eight bodies for all tests; it is real, so tests leave it as they found it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork, processes_in


@pytest.fixture(scope="session")
def network() -> Iterator[LiveNetwork]:
    """Yield eight bodies with the policy engine this machine has; nothing of it may run afterwards."""
    with tempfile.TemporaryDirectory(prefix="maglia-e2e-") as folder:
        live = LiveNetwork(Path(folder))
        try:
            live.up(bodies=8)
            yield live
        finally:
            ended = live.down()
        assert ended.status == 0, ended
        assert processes_in(live.directory) == []
