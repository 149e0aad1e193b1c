"""A withdrawal between two questions on a warm stream, what a comune still shows, and who is to be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from maglia.core.errors import Code
from maglia.core.exchange import Finding, Question
from maglia.core.identifiers import parse_need
from maglia.core.vocabulary import Basis, Kind, PseudonymClass, Purpose, Role
from node.domain.consent import Against, ConsentFile, Learned
from node.domain.model import Operator
from node.policy.cached import CachedPolicy
from tests.clerk import CONSENT, TODAY, fictional_code, person, record
from tests.peer_world import (
    COMUNE,
    OTHER,
    PARISH,
    Answerer,
    Body,
    MemoryTrust,
    RawStream,
    answerer,
    enrol,
    policy,
    pseudonym,
    question,
    raw_stream,
    read_answer,
    refused,
    served,
    subject,
)

ANNA = Operator("anna", "Anna", Role.VOLUNTEER)
ADMIN = Operator("nora", "Nora", Role.NODE_ADMIN)
CODE = fictional_code(1)
NEIGHBOUR = Body("comune-vicino", Kind.COMUNE)
POD = parse_need("POD:IT001E12345678")


@pytest_asyncio.fixture
async def parish(tmp_path: Path) -> AsyncIterator[Answerer]:
    """A parish that remembers its rulings and has helped one person, on consent."""
    async with AsyncExitStack() as stack:
        trust = MemoryTrust((COMUNE, NEIGHBOUR, OTHER, PARISH))
        node = stack.enter_context(answerer(tmp_path, trust, engine=CachedPolicy(policy())))
        node.store.add_consent(person(1), CONSENT, "anna")
        node.store.add_record(record(person(1), need=POD), "anna")
        node.store.add_record(record(person(2)), "anna")
        subjects = enumerate((person(1), person(2), POD), 1)
        enrol(node.store, {one.pseudonym_input(): pseudonym(number) for number, one in subjects})
        await stack.enter_async_context(served(PARISH, trust, node.door()))
        yield node


def on_consent(number: int, asker: Body = OTHER, addressee: Body = PARISH) -> Question:
    """Return a question of a third-sector body, or one that asks as they do."""
    asked = question(subject(number), asker=asker, addressee=addressee, purpose=Purpose.AID_OVERLAP)
    return replace(asked, basis=Basis.CONSENT, has_case=False)


async def ask(stream: RawStream, asked: Question, answering: Body = PARISH) -> list[Finding]:
    await stream.send(asked)
    response = await stream.read()
    answer, _ = read_answer(response, answering)
    assert answer.refusal == ""
    return [finding for slot in answer.slots for finding in slot]


def to_tell(on_file: ConsentFile) -> dict[str, Learned]:
    return {one.member: one.reason for each in on_file.oppositions for one in each.to_tell if not one.told_on}


async def test_the_next_question_on_a_warm_stream_meets_the_withdrawal(parish: Answerer) -> None:
    async with raw_stream(parish.trust) as stream:
        for _ in range(3):  # the ruling is remembered from the second on
            assert len(await ask(stream, question(subject(1)))) == 1
        on_file = await parish.consent_desk().withdraw(ANNA, Kind.PARISH, CODE)
        assert on_file.consents[0].withdrawn_on == TODAY
        assert await ask(stream, question(subject(1))) == []
        assert len(await ask(stream, question(subject(2)))) == 1


async def test_a_consent_that_has_ended_or_leaves_the_asker_out_shows_nothing(parish: Answerer) -> None:
    async with raw_stream(parish.trust) as stream:
        parish.store.add_consent(person(1), replace(CONSENT, day=TODAY, audience=("parish",)), "anna")
        assert await ask(stream, question(subject(1))) == []
        parish.store.add_consent(person(1), replace(CONSENT, day=TODAY, expires=TODAY), "anna")
        assert len(await ask(stream, question(subject(1)))) == 1
        parish.clock.day = TODAY + timedelta(days=1)
        assert await ask(stream, question(subject(1))) == []


async def test_who_was_shown_the_record_is_to_be_told_and_nobody_else(parish: Answerer) -> None:
    desk = parish.consent_desk()
    async with raw_stream(parish.trust) as stream:
        assert len(await ask(stream, question(subject(1)))) == 1
    async with raw_stream(parish.trust, NEIGHBOUR) as stream:
        assert len(await ask(stream, question(subject(3, PseudonymClass.NEED), asker=NEIGHBOUR))) == 1
    async with raw_stream(parish.trust, OTHER) as stream:
        # It was shown another person only; then it asked of this one, not far enough back to see anything.
        assert len(await ask(stream, on_consent(2))) == 1
        parish.clock.day += timedelta(days=90)
        assert await ask(stream, replace(on_consent(1), months=1)) == []
    on_file = await desk.withdraw(ANNA, Kind.PARISH, CODE)
    assert to_tell(on_file) == {COMUNE.id: Learned.ANSWERED, NEIGHBOUR.id: Learned.ANSWERED}
    assert all(each.traced for each in on_file.oppositions)
    told = desk.mark_told(ANNA, CODE, COMUNE.id)
    assert to_tell(told) == to_tell(await desk.show(ANNA, CODE)) == {NEIGHBOUR.id: Learned.ANSWERED}
    for name in (COMUNE.id, OTHER.id, "", "x" * 500):
        with refused(Code.CONSENT_NOBODY_TO_TELL):
            desk.mark_told(ANNA, CODE, name)


async def test_what_others_may_no_longer_keep_is_not_traced(parish: Answerer) -> None:
    async with raw_stream(parish.trust) as stream:
        await ask(stream, question(subject(1)))
    parish.clock.instant += 31 * 86_400
    parish.clock.day += timedelta(days=31)
    assert to_tell(await parish.consent_desk().withdraw(ANNA, Kind.PARISH, CODE)) == {}


async def test_a_refusal_takes_back_too_and_cannot_be_reached(parish: Answerer) -> None:
    desk = parish.consent_desk()
    async with raw_stream(parish.trust) as stream:
        await ask(stream, question(subject(1)))
        key_set = parish.trust.keys().network_set(PseudonymClass.PERSON).digest
        parish.store.cache_pseudonyms(person(1), key_set, [pseudonym(1)], parish.clock.now() + 60)
        on_file = await desk.refuse(ANNA, CODE)
        assert (on_file.refused_on, to_tell(on_file)) == (TODAY, {COMUNE.id: Learned.ANSWERED})
        parish.store.add_record(record(person(1), day=TODAY, consent=None), "anna")
        parish.store.remove_lapsed(None, 10)
        assert parish.store.awaiting_count(1) == 0
        assert await ask(stream, question(subject(1))) == []
    assert parish.store.pseudonyms_of(person(1)) == {}
    assert parish.store.cached_pseudonyms(person(1), key_set, parish.clock.now()) is None
    assert (await desk.refuse(ANNA, fictional_code(9))).oppositions[0].to_tell == ()


async def test_a_comunes_statutory_record_stays_and_says_that_the_person_objects(tmp_path: Path) -> None:
    trust = MemoryTrust((COMUNE, NEIGHBOUR, PARISH))
    with answerer(tmp_path, trust, COMUNE, engine=CachedPolicy(policy())) as node:
        node.store.add_record(record(person(1), basis=Basis.PUBLIC_TASK, consent=None), "ivo")
        enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)})
        desk = node.consent_desk()
        async with served(COMUNE, trust, node.door()), raw_stream(trust, NEIGHBOUR, COMUNE) as stream:
            [before] = await ask(stream, question(subject(1), asker=NEIGHBOUR, addressee=COMUNE), COMUNE)
            with refused(Code.CONSENT_NONE):
                await desk.withdraw(ANNA, Kind.COMUNE, CODE)
            on_file = desk.add_objection(ANNA, Kind.COMUNE, CODE)
            [after] = await ask(stream, question(subject(1), asker=NEIGHBOUR, addressee=COMUNE), COMUNE)
        assert (before.objection, after.objection, after.body) == (False, True, COMUNE.id)
        assert (on_file.statutory, [each.kind for each in on_file.oppositions]) == (1, [Against.OBJECTION])
        async with served(COMUNE, trust, node.door()), raw_stream(trust, PARISH, COMUNE) as stream:
            [below] = await ask(stream, on_consent(1, PARISH, COMUNE), COMUNE)
        assert (below.objection, below.body) == (False, "")


async def test_no_role_but_the_counters_reads_or_changes_anything(parish: Answerer) -> None:
    desk = parish.consent_desk()
    for act in (desk.show(ADMIN, CODE), desk.withdraw(ADMIN, Kind.PARISH, CODE), desk.refuse(ADMIN, CODE)):
        with refused(Code.SESSION_ROLE):
            await act
    with refused(Code.SESSION_ROLE):
        desk.add_objection(ADMIN, Kind.COMUNE, CODE)
    with refused(Code.SESSION_ROLE):
        desk.mark_told(ADMIN, CODE, COMUNE.id)
    with refused(Code.SESSION_ROLE):
        desk.expiring(ADMIN, 30)
    assert parish.store.consent_for(person(1), "aid_overlap") == CONSENT


async def test_bad_input_is_refused_and_changes_nothing(parish: Answerer) -> None:
    desk = parish.consent_desk()
    with refused(Code.INPUT_IDENTIFIER_LENGTH):
        await desk.withdraw(ANNA, Kind.PARISH, "XQZ")
    with refused(Code.INPUT_PURPOSE):
        await desk.withdraw(ANNA, Kind.PARISH, CODE, "rent_subsidy")
    with refused(Code.CONSENT_NONE):
        await desk.withdraw(ANNA, Kind.PARISH, CODE, "referral")
    with refused(Code.CONSENT_PUBLIC_TASK):
        desk.add_objection(ANNA, Kind.PARISH, CODE)
    for days in (-1, 367):
        with refused(Code.INPUT_FIELD):
            desk.expiring(ANNA, days)
    assert (await desk.show(ANNA, CODE)).oppositions == []
    assert (await desk.show(ANNA, fictional_code(9))).consents == []


def test_the_newest_consent_says_who_is_to_renew(parish: Answerer) -> None:
    desk, day = parish.consent_desk(), TODAY
    parish.store.add_consent(person(2), replace(CONSENT, day=day - timedelta(days=364)), "anna")
    parish.store.add_consent(person(3), replace(CONSENT, day=day - timedelta(days=400)), "anna")
    parish.store.add_consent(person(4), replace(CONSENT, day=day - timedelta(days=400)), "anna")
    parish.store.add_consent(person(4), replace(CONSENT, day=day), "anna")
    parish.store.add_consent(person(5), replace(CONSENT, day=day, expires=day + timedelta(days=30)), "anna")
    parish.store.add_consent(person(6), replace(CONSENT, day=day - timedelta(days=364)), "anna")
    parish.store.refuse(person(6), day, "anna")
    found = desk.expiring(ANNA, 30)
    assert [(one.code, one.last_day - day) for one in found] == [
        (fictional_code(3), timedelta(days=-35)),
        (fictional_code(2), timedelta(days=1)),
        (fictional_code(5), timedelta(days=30)),
    ]
    assert fictional_code(3) not in repr(found)
    assert [one.code for one in desk.expiring(ANNA, 0)] == [fictional_code(3)]


async def test_what_cannot_be_traced_now_is_traced_later_and_the_withdrawal_holds_at_once(parish: Answerer) -> None:
    parish.trust.expired = True
    on_file = await parish.consent_desk().withdraw(ANNA, Kind.PARISH, CODE)
    assert (on_file.consents[0].withdrawn_on, on_file.oppositions[0].traced) == (TODAY, False)
    parish.trust.expired = False
    assert (await parish.consent_desk().show(ANNA, CODE)).oppositions[0].traced
