"""What a node's administrator reads of its budgets: who spent most today, and what is spent under procedures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from maglia.core.procedures import Procedure
from maglia.core.vocabulary import PseudonymClass, Role
from node.domain.model import Operator
from node.spending import Line, read_spending
from tests.clerk import TODAY, StoppedClock, open_store
from tests.peer_world import COMUNE, OTHER, MemoryTrust

MINE = Procedure("affitto", "PG/2025/1", 10, "2025-12-31", (COMUNE.id,))
NEW = Procedure("bollette", "PG/2025/2", 20, "2025-12-31", (COMUNE.id, OTHER.id))
THEIRS = Procedure("altro", "PG/2025/3", 30, "2025-12-31", (OTHER.id,))


def test_who_spent_most_comes_first_with_limits(tmp_path: Path) -> None:
    clock, trust = StoppedClock(), MemoryTrust(called=(MINE, NEW, THEIRS))
    store = open_store(tmp_path / "node.db", clock)
    store.add_operator(Operator("ivo", "Ivo", Role.OFFICER), "hash")
    for holder, count in (("caritas", 1), ("parrocchia", 3)):
        assert store.spend("answer", holder, TODAY, [bytes([number]) for number in range(count)], 500)
    assert store.spend("answer", "caritas", TODAY - timedelta(days=1), [b"a", b"b", b"c", b"d"], 500)
    assert store.spend("operator", "ivo", TODAY, [b"a", b"b"], 300)
    assert store.spend("operator", "gone", TODAY, [b"a"], 300)
    kept = [MINE.id, THEIRS.id, "lost"]
    for name, holder, cls in (
        ("affitto", COMUNE.id, "person"),
        ("altro", OTHER.id, "need"),
        ("lost", OTHER.id, "person"),
    ):
        assert store.spend_in_procedure(name, holder, {PseudonymClass(cls): [b"a", b"b"]}, 5, kept)

    found = read_spending(COMUNE.id, store, trust, clock, 500)
    assert found.day == TODAY.isoformat()
    assert found.askers == (Line("parrocchia", 3, 500), Line("caritas", 1, 500))
    assert found.operators == (Line("ivo", 2, 300), Line("gone", 1, 0))
    lines = [(line.spent.procedure, line.spent.holder, line.spent.spent, line.cap) for line in found.procedures]
    assert lines == [
        ("affitto", COMUNE.id, 2, 10),
        ("bollette", COMUNE.id, 0, 20),
        ("altro", OTHER.id, 2, 30),
        ("lost", OTHER.id, 2, 0),
    ]
    trust.expired = True
    again = read_spending(COMUNE.id, store, trust, clock, 500)
    assert [(line.spent.procedure, line.cap) for line in again.procedures] == [
        ("affitto", 0),
        ("altro", 0),
        ("lost", 0),
    ]
    store.close()
