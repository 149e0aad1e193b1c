"""Every evaluation has its entry, durable before the registry is asked and joined to the question it was for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import PseudonymClass
from maglia.wire.entries import decode_entry
from node.entries import Entries
from node.evaluations import LoggedEvaluator
from node.log.tracing import Tracing
from node.ports import TRACING, Evaluating
from node.pseudonyms import Pseudonyms
from tests.clerk import CONSENT, StoppedClock, person, record
from tests.peer_world import PARISH, MemoryEvaluator, MemoryLog, OneKey, evaluation_keys, refused
from tests.unit.test_asking import ANNA, POD, RENT, WHO, Desk, desk
from tests.unit.test_enrolment import PERSONS, State, enrolment

KEY_SET = evaluation_keys(("parrocchia", "comune"), 1).network_set(PseudonymClass.PERSON)
WANTED = Evaluating(False, "bando", "V-1", "aid_overlap", "rent_arrears")


@dataclass
class Looking(MemoryEvaluator):
    """A registry that looks into the asker's log when it is asked."""

    log: MemoryLog = field(default_factory=MemoryLog)
    seen: list[tuple[bytes, int]] = field(default_factory=list)

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        last = decode_entry(self.log.leaves[-1])
        assert (last.kind, last.evaluation, last.count) == (EntryKind.EVALUATION, wanted.id, len(elements))
        self.seen.append((wanted.id, len(elements)))
        return await super().evaluate(key_set, elements, wanted)


@pytest.fixture
def looking() -> Looking:
    return Looking()


@pytest.fixture
def parish(tmp_path: Path, looking: Looking) -> Iterator[Desk]:
    made = desk(tmp_path, PARISH, looking)
    looking.log = made.log
    made.store.add_consent(WHO, CONSENT, "anna")
    yield made
    made.store.close()


def logged(looking: Looking, state: State | None = None) -> LoggedEvaluator:
    return LoggedEvaluator(looking, Entries(looking.log, OneKey(), StoppedClock(), state))


async def test_an_evaluation_is_logged_before_it_is_asked_for(looking: Looking) -> None:
    elements = [bytes([number]) * 32 for number in (1, 2)]
    with pytest.raises(Exception):  # noqa: B017, PT011 - these are no elements; the entry is there all the same
        await logged(looking).evaluate(KEY_SET, elements, WANTED)
    [entry] = looking.log.entries()
    assert (entry.outcome, entry.count, entry.epoch, len(entry.evaluation)) == ("check", 2, 1, 16)
    assert (entry.procedure, entry.check_id, entry.purpose, entry.facet) == (
        "bando",
        "V-1",
        "aid_overlap",
        "rent_arrears",
    )


async def test_what_cannot_be_logged_is_not_asked_for(looking: Looking) -> None:
    looking.log.down = True
    with refused(Code.LOG_UNAVAILABLE):
        await logged(looking).evaluate(KEY_SET, [bytes(32)], WANTED)
    looking.log.down = False
    with refused(Code.LOG_FORK):
        await logged(looking, State(forked=True)).evaluate(KEY_SET, [bytes(32)], WANTED)
    assert (looking.seen, looking.log.leaves) == ([], [])


async def test_a_check_names_its_evaluations_and_a_kept_pseudonym_none(parish: Desk, looking: Looking) -> None:
    parish.store.add_record(record(WHO, need=POD), "anna")
    await parish.ask(RENT)
    made = parish.entries(EntryKind.EVALUATION)
    asked = parish.entries(EntryKind.ASKED)
    assert [(entry.evaluation, entry.count) for entry in made] == looking.seen
    assert len({entry.evaluation for entry in made}) == len(made) == 2
    assert {(entry.check_id, entry.purpose, entry.facet) for entry in made} == {
        (asked[0].check_id, RENT.purpose, RENT.facet)
    }
    assert {entry.evaluation for entry in asked} == {made[0].evaluation}

    await parish.ask(RENT)
    again = [entry for entry in parish.entries(EntryKind.ASKED) if entry.check_id != asked[0].check_id]
    assert len(again) == len(asked)
    assert {entry.evaluation for entry in again} == {b""}
    assert len(parish.entries(EntryKind.EVALUATION)) == 2


async def test_who_enrolled_is_joined_to_the_evaluation_it_came_from(parish: Desk, looking: Looking) -> None:
    for number in range(PERSONS):
        parish.store.add_record(record(person(number)), "anna")
    await enrolment(parish.store, parish.log, evaluator=looking).enrol_all()
    [made] = parish.entries(EntryKind.EVALUATION)
    assert (made.outcome, made.count, made.check_id, made.purpose) == ("enrolment", PERSONS, "", "")
    enrolled = parish.entries(EntryKind.ENROLMENT)
    assert {(entry.evaluation, entry.epoch) for entry in enrolled} == {(made.evaluation, 1)}


async def test_a_person_who_is_traced_has_an_evaluation_that_says_so(parish: Desk, looking: Looking) -> None:
    entries = Entries(parish.log, OneKey(), StoppedClock())
    pseudonyms = Pseudonyms(LoggedEvaluator(looking, entries), parish.store, StoppedClock())
    tracing = Tracing(PARISH.id, parish.store, parish.log, entries, parish.trust, pseudonyms, StoppedClock())
    await tracing.own_pseudonyms(person(7))
    [made] = parish.entries(EntryKind.EVALUATION)
    assert (made.purpose, made.check_id, made.count) == (TRACING, "", 1)


@dataclass
class Slow(MemoryEvaluator):
    """A registry that never answers."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        assert (len(elements), bool(key_set.keys), wanted.enrolment) == (1, True, False)
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_an_operator_who_leaves_leaves_no_evaluation_without_an_end(tmp_path: Path) -> None:
    slow = Slow()
    parish = desk(tmp_path, PARISH, slow)
    parish.store.add_consent(WHO, CONSENT, "anna")
    asking = asyncio.create_task(parish.asking.start(RENT, ANNA))
    await slow.asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    [made], [refusal] = parish.entries(EntryKind.EVALUATION), parish.entries(EntryKind.REFUSED)
    assert (refusal.check_id, refusal.code) == (made.check_id, Code.SESSION_LEFT)
    assert parish.peers.asked == {}
    parish.store.close()


async def test_where_nobody_is_asked_nothing_is_evaluated(parish: Desk, looking: Looking) -> None:
    parish.trust.bodies = (PARISH,)
    check = await parish.asking.start(RENT, ANNA)
    assert not check.state().outcomes
    assert (looking.seen, parish.entries(EntryKind.EVALUATION, EntryKind.ASKED)) == ([], [])
