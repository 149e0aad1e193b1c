"""Trying the other bodies: all at once, for a bounded time, and once for all who ask."""

from __future__ import annotations

import asyncio

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Silence
from node.ports import RefusedError, SilentError
from node.probing import Probing
from tests.peer_world import COMUNE, OTHER, PARISH, Body, MemoryTrust

FAR = Body("onlus-lontana")


class Line:
    """Bodies that answer, but for those named."""

    def __init__(self, **silent: Exception | None) -> None:
        self.silent = silent
        self.tried: list[str] = []

    async def __call__(self, member: str) -> None:
        self.tried.append(member)
        if member in self.silent:
            error = self.silent[member]
            if error is None:
                await asyncio.Event().wait()
            else:
                raise error


async def test_each_silent_body_is_named_with_its_reason() -> None:
    line = Line(caritas=SilentError(Silence.VERSION), parrocchia=RefusedError(Code.MEMBER_INACTIVE))
    trust = MemoryTrust(bodies=(COMUNE, PARISH, OTHER, FAR), no_card={FAR.id: Silence.CARD_EXPIRED})
    found = await Probing(COMUNE.id, trust, line).probed()
    assert found.members == 3
    assert found.silent == (
        ("Caritas", Silence.VERSION),
        ("Onlus-Lontana", Silence.CARD_EXPIRED),
        ("Parrocchia", Silence.SUSPENDED_HERE),
    )
    assert sorted(line.tried) == ["caritas", "parrocchia"]


async def test_whoever_never_answers_holds_up_nobody() -> None:
    found = await Probing(COMUNE.id, MemoryTrust(), Line(parrocchia=None), within_s=0.1).probed()
    assert found.silent == (("Parrocchia", Silence.DEADLINE),)


async def test_one_trial_serves_all_who_ask_for_a_while() -> None:
    now = [0.0]
    line = Line()
    probing = Probing(COMUNE.id, MemoryTrust(), line, passed=lambda: now[0])
    await asyncio.gather(*(probing.probed() for _ in range(5)))
    assert len(line.tried) == 2
    now[0] = 31.0
    await probing.probed()
    assert len(line.tried) == 4


async def test_without_a_directory_nobody_is_tried() -> None:
    with pytest.raises(MagliaError) as refused:
        await Probing(COMUNE.id, MemoryTrust(expired=True), Line()).probed()
    assert refused.value.code is Code.DIRECTORY_EXPIRED
