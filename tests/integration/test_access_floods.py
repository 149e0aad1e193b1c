"""A body that tells without an end, or without haste: what it may make another hold and wait for is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from maglia.core.access import PAGE_ACCESSES, Access, AccessEvent, LogReading
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Silence
from node.network.reports import Limits
from node.ports import SilentError
from tests.peer_world import PARISH, MemoryTrust, answerer, served
from tests.report_world import Asker, Liar, asked_of

ACCESS = Access(bytes(16), AccessEvent.ASKED, 1_000, "comune")
Pages = Iterator[tuple[tuple[Access, ...], LogReading | None]]


async def ask(folder: Path, pages: Pages, limits: Limits, every_s: float = 0.0) -> tuple[list[Access], LogReading]:
    """Ask a body that tells these pages."""
    trust = MemoryTrust()
    with answerer(folder, trust) as node:
        async with served(PARISH, trust, node.door(), Liar(PARISH, lambda: pages, every_s)):
            return await Asker(trust, limits=limits).ask(asked_of(1))


def told(pages: int, accesses: int) -> Pages:
    """Return whole pages, then the last one."""
    yield from repeat(((ACCESS,) * accesses, None), pages)
    yield (), LogReading()


@pytest.mark.parametrize(
    ("pages", "limits"),
    [
        (told(3, 10), Limits(accesses=29)),
        (told(3, 10), Limits(size=1_000)),
        (told(1, PAGE_ACCESSES + 1), Limits()),
        (repeat(((ACCESS,) * PAGE_ACCESSES, None)), Limits()),
        (repeat(((ACCESS,), None), 2), Limits()),
    ],
    ids=["accesses", "bytes", "one page", "no end", "cut short"],
)
async def test_more_than_one_body_may_tell_is_no_usable_answer(tmp_path: Path, pages: Pages, limits: Limits) -> None:
    with pytest.raises(MagliaError) as failure:
        await ask(tmp_path, pages, limits)
    assert failure.value.code is Code.NETWORK_ANSWER


async def test_what_is_within_the_limits_is_told_whole(tmp_path: Path) -> None:
    accesses, _ = await ask(tmp_path, told(3, 10), Limits(accesses=30))
    assert accesses == [ACCESS] * 30


@pytest.mark.parametrize("limits", [Limits(whole_s=0.5), Limits(page_s=0.01)], ids=["whole", "page"])
async def test_a_body_that_keeps_another_waiting_is_silent(tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(SilentError) as failure:
        await ask(tmp_path, repeat(((), None)), limits, every_s=0.1)
    assert failure.value.reason is Silence.DEADLINE
