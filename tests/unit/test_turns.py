"""Turns among members: one that asks for much waits behind itself, never more is under way than may be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maglia.core.errors import Code, MagliaError
from registry.turns import Turns


class _Work:
    """Takes turns as it is told, and notes in which order they came."""

    def __init__(self, at_once: int) -> None:
        self._turns = Turns(at_once)
        self.served: list[str] = []
        self.under_way = self.most = 0

    async def one(self, who: str) -> None:
        async with self._turns.of(who):
            self.served.append(who)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            try:
                await asyncio.sleep(0)
            finally:
                self.under_way -= 1

    async def all(self, asked: Sequence[str], gone: Sequence[int] = ()) -> None:
        """Let all ask at once, in this order; those `gone` (positions) go away while they wait, or are served."""
        tasks = [asyncio.ensure_future(self.one(who)) for who in asked]
        await asyncio.sleep(0)
        for each in gone:
            tasks[each].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_whoever_comes_late_is_served_before_the_rest_of_a_flood() -> None:
    work = _Work(1)
    asyncio.run(work.all(["flood"] * 50 + ["one", "another"]))
    assert work.served.index("one") <= 2
    assert work.served.index("another") <= 4
    assert len(work.served) == 52


def test_an_exception_gives_the_turn_back() -> None:
    async def run() -> None:
        turns = Turns(1)
        for _ in range(3):
            with pytest.raises(MagliaError):
                async with turns.of("anna"):
                    refuse()
        async with asyncio.timeout(5), turns.of("anna"):
            pass

    def refuse() -> None:
        raise MagliaError(Code.PSEUDONYM_BATCH)

    asyncio.run(run())


@given(
    st.integers(1, 3),
    st.lists(st.sampled_from("abc"), max_size=30),
    st.lists(st.integers(0, 29), max_size=10, unique=True),
)
def test_nobody_waits_for_more_than_one_of_each_other_and_whoever_goes_away_takes_no_turn(
    at_once: int, asked: list[str], gone: list[int]
) -> None:
    work = _Work(at_once)
    leaving = [each for each in gone if each < len(asked)]
    asyncio.run(asyncio.wait_for(work.all(asked, leaving), 10))
    assert work.most <= at_once
    staying = [who for number, who in enumerate(asked) if number not in leaving]
    for who in set(asked):
        assert staying.count(who) <= work.served.count(who) <= asked.count(who)
    if not leaving:
        _check_order(work.served[at_once:])
    asyncio.run(asyncio.wait_for(_free_again(work), 10))


async def _free_again(work: _Work) -> None:
    await work.all(["anna"])


def _check_order(waiting: Sequence[str]) -> None:
    """Between two turns of one's own each other that still waits has had one."""
    for start, who in enumerate(waiting):
        later = waiting[start + 1 :]
        if who in later:
            between = later[: later.index(who)]
            assert {each for each in later if each != who} <= set(between)
