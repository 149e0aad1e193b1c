"""How bodies answer, from the log of a real node to the screens: its own operators', the office's, the other body's."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.answering import Answering
from maglia.core.entry import Entry, EntryKind
from maglia.core.log import Log
from maglia.core.vocabulary import EndState, Silence
from maglia.wire.entries import encode_entry
from node.folder import SystemClock, open_store
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined, until
from tests.integration.registry_world import NETWORK, World, copy_of, make_template, served
from tests.integration.test_console_office import printed
from tests.integration.test_console_office import profile_of as officer_profile
from tests.integration.test_epoch_rotation import QUICK, counter
from tests.integration.test_referral_nodes import maglia, profile_of

EST, MENSA, PONTE = "onlus-est", "onlus-mensa", "onlus-ponte"
DAY_S = 86_400


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    template = make_template(tmp_path / "template")
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def write_past(site: Site, days: int) -> None:
    """Put into a node's log what it would have logged: on each of these days ten checks, one body away."""
    store, backend = open_store(site.folder, site.keys, SystemClock())
    with closing(Log(backend, f"maglia/{NETWORK}/{site.member}", site.keys.log.private)) as log:
        for back in range(days, 0, -1):
            at = int((time.time() - back * DAY_S) * 1000)
            for number in range(10):
                for member, end in ((MENSA, EndState.ANSWERED), (PONTE, EndState.SILENT)):
                    name = f"V-{back}-{number}"
                    asked = Entry(EntryKind.ASKED, at, member, f"{name}{member}".ljust(20).encode(), check_id=name)
                    code = Silence.UNREACHABLE if end is EndState.SILENT else ""
                    ended = replace(asked, kind=EntryKind.END_STATE, time_ms=at + 40, outcome=end, code=code)
                    log.append_many([encode_entry(asked), encode_entry(ended)]).result(10)
    store.close()


async def test_a_body_that_is_away_is_read_as_such_by_everybody(world: World, tmp_path: Path) -> None:
    est, mensa, _ = await joined(world, tmp_path, EST, MENSA, PONTE)
    write_past(est, 17)
    book, profile = world.parts.answering, profile_of(est)
    async with counter(est) as here, mensa.serving(**QUICK, answering_s=0.2):
        await here.consent(fictional_code(1))
        assert (await here.check()).provisional  # today's first: one answers, one is not there
        ran = await maglia(profile, "status", "network", "--json")
        found = json.loads(ran.out)
        rows = {row["member"]: row for row in found["rows"]}
        assert (ran.status, found["schema"], found["absence_days"]) == (0, "maglia.status.network/1", 14)
        assert rows[MENSA]["counts"] == vars(Answering(171, 171))
        assert rows[PONTE]["counts"] == vars(Answering(171))
        text = " ".join((await maglia(profile, "status", "network")).out.split())
        assert "MUTO: Onlus-Ponte, da 17 giorni (nessuna risposta nel periodo). L'ufficio può proporle" in text
        assert json.loads((await maglia(profile, "status", "--json")).out)["member"] == EST
    async with est.serving(**QUICK, answering_s=0.2), counter(mensa):
        await until(lambda: book.of(PONTE).askers == 1 and book.of(PONTE).counts.asked == 170)
        assert (book.of(MENSA).counts, book.of(EST).askers) == (Answering(170, 170), 0)
        board = await printed("--profile", officer_profile(world, tmp_path, "anna"), "office", "board")
        assert f"{PONTE:<20}     170       0 %       0 %       0 %     100 %        1" in board.splitlines()
        assert "onlus-ponte: da 17 giorni nessuno che lo ha chiesto ha avuto risposta" in " ".join(board.split())
        assert all(len(line) <= 80 for line in board.splitlines())
