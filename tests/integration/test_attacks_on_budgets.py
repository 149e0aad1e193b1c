"""A volunteer who sweeps: the day's persons are counted or nobody is asked, over the ports of whole nodes."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.vocabulary import OPERATOR_PERSONS_A_DAY, Role
from maglia.wire.entries import decode_entry
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import make_template, refused, served
from tests.integration.test_counts_joined import leaves
from tests.integration.test_epoch_rotation import QUICK, Counter, counter

EST, MENSA = "onlus-est", "onlus-mensa"
A_DAY = OPERATOR_PERSONS_A_DAY[Role.VOLUNTEER]


@dataclass(frozen=True)
class Sweep:
    """A volunteer's counter, whose persons all consented, and the body that is asked."""

    here: Counter
    asking: Site
    asked: Site

    async def ask(self, number: int) -> None:
        await self.here.check(fictional_code(number))

    def answered(self) -> int:
        """Return how many questions the other body was asked, by its own log."""
        found = [decode_entry(leaf) for leaf in leaves(self.asked)]
        return sum(entry.kind in {EntryKind.ANSWERED, EntryKind.REFUSED} for entry in found)


@pytest.fixture
async def sweep(tmp_path: Path) -> AsyncIterator[Sweep]:
    async with served(make_template(tmp_path / "registry")) as world:
        est, mensa = await joined(world, tmp_path, EST, MENSA)
        async with counter(est) as here, mensa.serving(**QUICK):
            for number in range(1, A_DAY + 2):
                await here.consent(fictional_code(number))
            yield Sweep(here, est, mensa)


async def test_a_volunteer_asks_about_thirty_persons_a_day_and_nobody_hears_of_the_next(sweep: Sweep) -> None:
    for number in range(1, A_DAY + 1):
        await sweep.ask(number)
    heard = sweep.answered()
    with refused(Code.BUDGET_OPERATOR):
        await sweep.ask(A_DAY + 1)
    await sweep.ask(1)  # counted today already
    assert (heard, sweep.answered()) == (A_DAY, A_DAY + 1)


def _dropped(database: Path) -> None:
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("DROP TABLE budget_item")


def _never_counting(database: Path) -> None:
    """As whoever may write to the disk would have it: what is counted is lost, and no error is told."""
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("ALTER TABLE budget_item RENAME TO budget_item_away")
        raw.execute("CREATE VIEW budget_item AS SELECT * FROM budget_item_away WHERE 0")


@pytest.mark.parametrize("kill", [_dropped, _never_counting])
async def test_whoever_kills_the_budgets_store_asks_about_nobody_new(
    sweep: Sweep, kill: Callable[[Path], None]
) -> None:
    await sweep.ask(1)
    kill(sweep.asking.folder / "node.db")
    for number in (2, 3, A_DAY + 1):
        with refused(Code.STORAGE_UNAVAILABLE):
            await sweep.ask(number)
    assert sweep.answered() == 1
    await sweep.ask(1)  # counted when there still was a store: nobody new is swept by it
    assert sweep.answered() == 2
