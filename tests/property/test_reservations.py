"""Of any who help at once, each was shown the others before giving, or that their word was missing (design 8).

Each seed is one round: two to four bodies promise and give help to one person while answers are late, bodies are parted
or crash, and the registry is away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import AidStatus, Silence
from node.checks.check import Check
from node.domain.model import Operator
from node.domain.reservations import Reservation, Sight, is_news
from node.reserving import Progress, Promised, Reserving
from tests.support.promise_world import Helper, PromiseWorld, Round

SEEDS = (3, 7, 9, 10, 18, 1029)
"""Rounds with much going on: 18 finds a body that answers for all while somebody awaits a pseudonym, 1029 one that is
told by its own notice alone that others learned late of its help."""


def shows(sight: Sight, member: str) -> bool:
    """Return whether a check showed a body's help or promise, or that its word was missing."""
    named = {one.member for one in sight.others} | {gap.member for gap in sight.gaps}
    return member in named or bool(sight.unchecked)


def broken(played: Round) -> list[str]:
    """Return what does not hold after a round."""
    wrong: list[str] = []
    given = played.given()
    for helper in given:
        wrong += _unconfirmed(played, helper)
    for one, other in combinations(given, 2):
        wrong += _unshown(played, one, other)
    return wrong


def _unconfirmed(played: Round, helper: Helper) -> list[str]:
    """Help is given only with its confirmation: clear, or shown before and with a reason."""
    *earlier, last = played.reservation(helper).sights
    step, has_reason = played.reasons(helper)[-1]
    if step != "confirm":
        return [f"{helper.actor.body.id} gave without a confirmation"]
    if not last.is_clear and (not has_reason or is_news(last, earlier)):
        return [f"{helper.actor.body.id} gave without reading why not"]
    return []


def _unshown(played: Round, one: Helper, other: Helper) -> list[str]:
    mine, theirs = (played.reservation(helper).sights[-1] for helper in (one, other))
    told = shows(mine, other.actor.body.id), shows(theirs, one.actor.body.id)
    pair = f"{one.actor.body.id} and {other.actor.body.id}"
    if not any(told):
        return [f"neither of {pair} was shown the other"]
    begun = [_began(helper, sight) for helper, sight in ((one, mine), (other, theirs))]
    if max(one.reserved, other.reserved) < min(begun) and not all(told):
        return [f"of {pair}, both promised before either asked, one was not shown the other"]
    return []


def _began(helper: Helper, sight: Sight) -> int:
    """Return when a confirming check began; of one that never did, when it was last tried."""
    return helper.actor.asking.begun.get(sight.check_id, helper.actor.asking.last)


def ties(played: Round) -> list[tuple[bool, bool]]:
    """Return for each two who were shown each other's promise whether each says that the other comes first."""
    found = []
    held = [helper for helper in played.helpers if helper.record_id]
    for one, other in combinations(held, 2):
        first, second = _says_first(played, one, other), _says_first(played, other, one)
        if first is not None and second is not None:
            found.append((first, second))
    return found


def _says_first(played: Round, me: Helper, other: Helper) -> bool | None:
    mine = played.reservation(me)
    for sight in mine.sights:
        for one in sight.others:
            if (one.member, one.status) == (other.actor.body.id, AidStatus.RESERVED):
                return one.comes_before(mine.promise(me.actor.body.id))
    return None


def untold(played: Round) -> list[str]:
    """Return who was not told late of what a body that had been silent promised or gave."""
    given = played.given()
    return [
        f"{one.actor.body.id} of {other.actor.body.id}"
        for one in given
        for other in given
        if one is not other and not one.crashed and not other.crashed and _is_gap(played, one, other)
    ]


def _is_gap(played: Round, one: Helper, other: Helper) -> bool:
    """Return whether the confirming check of one missed the other's word for good: it was never found late either.

    Whoever answered in part did answer, and is not asked again.
    """
    held, member = played.reservation(one), other.actor.body.id
    last = held.sights[-1]
    if member not in {gap.member for gap in last.gaps}:
        return False
    check = one.actor.recent.of(one.operator, last.check_id)
    assert isinstance(check, Check)
    if check.state().outcomes[member].silence is Silence.COVERAGE_PARTIAL:
        return False
    return member not in {found.member for found in (*last.others, *held.late)}


def in_the_dark(played: Round) -> list[str]:
    """Return who gave, was never shown another that gave too, and was not told that the other learned of it late."""
    given = played.given()
    return [
        f"{other.actor.body.id} of {one.actor.body.id}"
        for one in given
        for other in given
        if one is not other and not one.crashed and _found_late(played, one, other)
        if not _knows(played, other, one) and NoticeKind.PROMISE_ASKED not in played.notices(other)
    ]


def _found_late(played: Round, one: Helper, other: Helper) -> bool:
    held = played.reservation(one)
    told = NoticeKind.PROMISE_FOUND in played.notices(one)
    assert told or not held.late, f"{one.actor.body.id} has something late that no notice tells of"
    return other.actor.body.id in {found.member for found in held.late}


def _knows(played: Round, one: Helper, other: Helper) -> bool:
    """Return whether some check of one, shown or late, has the other's help or promise; a missing word is none."""
    held, member = played.reservation(one), other.actor.body.id
    return any(member in {found.member for found in sight.others} for sight in held.sights) or member in {
        found.member for found in held.late
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> PromiseWorld:
    return PromiseWorld(tmp_path_factory.mktemp("promises"))


def play(world: PromiseWorld, seed: int, kind: type[Reserving] = Reserving) -> Round:
    with pytest.MonkeyPatch.context() as patch:
        return world.run(seed, patch, kind)


def check_rounds(world: PromiseWorld, seeds: Sequence[int]) -> None:
    pairs = compared = late = 0
    for seed in seeds:
        played = play(world, seed)
        assert broken(played) == [], f"seed {seed}"
        assert untold(played) == [], f"seed {seed}"
        assert in_the_dark(played) == [], f"seed {seed}"
        said = ties(played)
        assert all(one != other for one, other in said), f"seed {seed}"
        pairs += len(list(combinations(played.given(), 2)))
        compared += len(said)
        late += sum(len(played.reservation(one).late) for one in played.given())
    # A property of nothing would hold too.
    assert pairs > len(seeds) / 2
    assert compared > len(seeds) / 4
    assert late > 0


def test_each_was_shown_the_others(world: PromiseWorld) -> None:
    check_rounds(world, SEEDS)


@pytest.mark.long
def test_each_was_shown_the_others_in_many_rounds(tmp_path: Path) -> None:
    check_rounds(PromiseWorld(tmp_path), range(1_000, 1_250))


class AsksFirst(Reserving):
    """The order broken: the network is asked, and only then is help promised and given."""

    _before: Progress | None = None

    async def reserve(self, operator: Operator, promised: Promised) -> AsyncIterator[Progress]:
        store = self._store
        before = Reservation(
            "",
            promised.record.identifier,
            promised.record.facet,
            promised.record.day,
            None,
            promised.record.creditor,
            None,
            AidStatus.RESERVED,
            0.0,
            None,
            "",
        )
        looked = super()._look(operator, before)
        self._before = [progress async for _, progress in looked][-1]
        async with self._recording.of([promised.record]):
            record_id = store.reserve(promised.record, promised.purpose, promised.months, operator.user)
        self._wake()
        yield Progress(store.reservation(record_id))

    async def _look(self, operator: Operator, held: Reservation) -> AsyncIterator[tuple[Check | None, Progress]]:
        if self._before is None:  # after a crash nothing is remembered
            async for looked in super()._look(operator, held):
                yield looked
        else:
            yield None, replace(self._before, reservation=held)


def test_who_asks_before_promising_is_found_out(tmp_path: Path) -> None:
    world = PromiseWorld(tmp_path)
    found = (wrong for seed in range(1, 40) for wrong in broken(play(world, seed, AsksFirst)))
    assert any(wrong.startswith("neither") for wrong in found)
