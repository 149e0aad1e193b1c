"""What a node says of itself: an expired directory and a suspension are problems, not failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.status import read_status
from tests.clerk import open_store
from tests.peer_world import PARISH, MemoryTrust, policy


@pytest.mark.parametrize(
    ("trust", "problems", "members"),
    [
        (MemoryTrust(), (), 3),
        (MemoryTrust(expired=True), ("directory.expired",), 0),
        (MemoryTrust(suspended={PARISH.id}), ("member.inactive",), 2),
    ],
)
def test_a_node_that_may_not_ask_is_not_ready(
    tmp_path: Path, trust: MemoryTrust, problems: tuple[str, ...], members: int
) -> None:
    store = open_store(tmp_path / "node.db")
    status = read_status(PARISH.id, store, trust, policy())
    store.close()
    assert (status.ready, status.problems, status.members_active) == (not problems, problems, members)
