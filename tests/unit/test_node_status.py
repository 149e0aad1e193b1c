"""What a node says of itself: an expired directory and a suspension are problems, not failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from node.status import Enrolling, read_status
from tests.clerk import open_store, person, record
from tests.peer_world import PARISH, MemoryTrust, enrol, policy


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
    assert [one.epoch for one in status.enrolment] == ([] if problems else [1])
    store.close()
    assert (status.ready, status.problems, status.members_active) == (not problems, problems, members)


def test_while_keys_rotate_it_says_who_awaits_under_each_epoch_and_why(tmp_path: Path) -> None:
    store = open_store(tmp_path / "node.db")
    store.add_record(record(person(1)), "anna")
    enrol(store, {}, 1)
    spent = MagliaError(Code.BUDGET_MEMBER, limit=5_000)
    status = read_status(PARISH.id, store, MemoryTrust(also_epoch=2), policy(), (), {2: spent})
    store.close()
    assert (status.ready, status.awaiting) == (True, 0)
    assert status.enrolment == (Enrolling(1, 0), Enrolling(2, 1, spent))
