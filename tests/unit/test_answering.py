"""Steps 8 to 14 without a network: what is read, in which order, and what policy is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.errors import Code
from maglia.core.exchange import Answer, Question, Subject
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Coverage, PseudonymClass, Purpose
from maglia.wire.exchange import decode_answer
from node.answer import Received, Stream
from node.ports import Ruling
from tests.clerk import TODAY, fictional_code, person, record
from tests.peer_world import (
    COMUNE,
    OTHER,
    PARISH,
    Answerer,
    MemoryLog,
    MemoryTrust,
    answer_from,
    answerer,
    enrol,
    policy,
    pseudonym,
    question,
    received,
    refused,
    subject,
)

CHALLENGE = bytes(range(32))


class Watching:
    """The real policy, and what it was asked."""

    engine = "watching"

    def __init__(self) -> None:
        self.documents: list[Mapping[str, object]] = []
        self.revision = policy().revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        self.documents.append(document)
        return await policy().decide(decision, document)

    async def replace(self, bundle: bytes, revision: str) -> None:
        raise AssertionError((bundle, revision))

    async def close(self) -> None:
        return


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
def node(tmp_path: Path, watching: Watching) -> Iterator[Answerer]:
    with answerer(tmp_path, MemoryTrust(), engine=watching, log=MemoryLog()) as node:
        yield node


def sent(asked: Question | bytes, sequence: int = 1, challenge: bytes = CHALLENGE) -> Received:
    return received(asked, challenge, sequence)


def stream() -> Stream:
    return Stream(COMUNE.id, CHALLENGE)


def test_sequences_start_at_one_and_leave_no_gap(node: Answerer) -> None:
    opened, asked = stream(), question()
    for wrong in (0, 2, 2**64 - 1):
        with refused(Code.MEMBER_STALE):
            node.answering.read(sent(asked, wrong), opened)
    assert opened.sequence == 0
    for sequence in (1, 2, 3):
        node.answering.read(sent(asked, sequence), opened)
        with refused(Code.MEMBER_STALE):
            node.answering.read(sent(asked, sequence), opened)


def test_another_streams_challenge_is_stale_before_anything_is_parsed(node: Answerer) -> None:
    with refused(Code.MEMBER_STALE):
        node.answering.read(sent(b"\xff\xff", challenge=bytes(32)), stream())


def test_a_malformed_question_uses_up_its_number(node: Answerer) -> None:
    opened = stream()
    with refused(Code.INPUT_MALFORMED):
        node.answering.read(sent(b"\xff"), opened)
    node.answering.read(sent(question(), 2), opened)


def test_asker_and_addressee_are_the_streams(node: Answerer) -> None:
    for asked in (question(addressee=OTHER), question(asker=OTHER)):
        with refused(Code.MEMBER_ADDRESSEE):
            node.answering.read(sent(asked), stream())


async def test_policy_hears_of_classes_and_of_no_person(node: Answerer, watching: Watching) -> None:
    for number in (1, 2):
        node.store.add_record(record(person(number), creditor="ALER Milano", source_key=str(number)), "anna")
    enrol(node.store, {person(number).pseudonym_input(): pseudonym(number) for number in (1, 2)})
    arrived = sent(question(subject(1), subject(2), subject(3, PseudonymClass.NEED)))
    answered = await node.answering.answer(node.answering.read(arrived, stream()))
    [document] = watching.documents
    assert document["classes"] == [
        {
            "id": "0",
            "facet": "rent_arrears",
            "basis": "consent",
            "consent": "match",
            "objection": False,
            "visibility": "network",
            "status": "given",
            "age": "in_window",
        }
    ]
    for secret in (fictional_code(1), fictional_code(2), "ALER", pseudonym(1).hex()):
        assert secret not in repr(document)
    answer = decode_answer(answered.body)
    assert [len(slot) for slot in answer.slots] == [1, 1, 0]
    assert answer.policy_revision == policy().revision


async def test_policy_is_asked_though_nobody_is_known(node: Answerer, watching: Watching) -> None:
    arrived = sent(question(subject(5)))
    await node.answering.answer(node.answering.read(arrived, stream()))
    assert [document["classes"] for document in watching.documents] == [[]]


async def test_both_epochs_in_use_are_answered_each_by_its_own_coverage(node: Answerer) -> None:
    node.trust.epoch, node.trust.also_epoch = 2, 1
    node.store.add_record(record(person(1)), "anna")
    enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)}, epoch=1)
    expected = {1: (Coverage.FULL, 1), 2: (Coverage.PARTIAL, 0)}
    for epoch, (coverage, found) in expected.items():
        asked = question(subject(1), epoch=epoch)
        arrived = sent(asked)
        answered = await node.answering.answer(node.answering.read(arrived, stream()))
        answer = decode_answer(answered.body)
        assert (answer.refusal, answer.coverage, len(answer.slots[0])) == ("", coverage, found)


@pytest.mark.parametrize("epoch", [0, 1, 4, 2**32 - 1])
async def test_a_pseudonym_of_an_epoch_not_in_use_is_refused_never_absent(node: Answerer, epoch: int) -> None:
    node.store.add_record(record(person(1)), "anna")
    for enrolled in (1, 2, 3):
        enrol(node.store, {person(1).pseudonym_input(): pseudonym(1)}, epoch=enrolled)
    node.trust.epoch, node.trust.also_epoch = 3, 2
    arrived = sent(question(subject(1), epoch=epoch))
    answered = await node.answering.answer(node.answering.read(arrived, stream()))
    answer = decode_answer(answered.body)
    assert (answer.refusal, answer.coverage) == (Code.PSEUDONYM_EPOCH.value, Coverage.PARTIAL)


CALL = Procedure("bando-2025", "PG/2025/9", 3, TODAY.isoformat(), (COMUNE.id,))
PUBLIC = replace(COMUNE, purposes=frozenset({Purpose.CALL_FOR_APPLICANTS, Purpose.RENT_SUBSIDY}))


def called(*subjects: Subject, **changes: object) -> Question:
    """Return a question on the strength of a procedure alone."""
    return question(*subjects, **{"has_case": False, "procedure": CALL.id} | changes)  # type: ignore[arg-type]


async def ask(node: Answerer, asked: Question) -> Answer:
    return await answer_from(node.answering, asked)


async def test_a_procedure_verified_here_is_told_to_policy_and_logged(node: Answerer, watching: Watching) -> None:
    node.trust.called, node.trust.bodies = (CALL,), (PUBLIC, PARISH, OTHER)
    for purpose in (Purpose.CALL_FOR_APPLICANTS, Purpose.RENT_SUBSIDY):
        assert (await ask(node, called(purpose=purpose))).refusal == ""
    for document in watching.documents:
        query = document["query"]
        assert isinstance(query, dict)
        assert query["procedure"] is True
    assert [entry.procedure for entry in node.entries()] == [CALL.id] * 2


@pytest.mark.parametrize(
    ("procedure", "code"),
    [
        (None, Code.INPUT_PROCEDURE),
        (replace(CALL, members=(OTHER.id,)), Code.POLICY_PROCEDURE_MEMBER),
        (replace(CALL, expires="2025-05-31"), Code.POLICY_PROCEDURE_EXPIRED),
    ],
    ids=["unknown", "another body's", "expired"],
)
async def test_the_askers_word_on_a_procedure_is_none(
    node: Answerer, watching: Watching, procedure: Procedure | None, code: Code
) -> None:
    node.trust.called = (procedure,) if procedure else ()
    answer = await ask(node, called())
    assert (answer.refusal, answer.slots, watching.documents) == (code.value, ((),), [])
    [entry] = node.entries()
    assert (entry.code, entry.procedure) == (code.value, procedure.id if procedure else "")
    assert node.store.spent_in_procedures() == []


async def test_a_body_that_can_have_no_procedure_is_refused_one(node: Answerer) -> None:
    node.trust.called = (replace(CALL, members=(OTHER.id,)),)
    assert (await ask(node, called(asker=OTHER))).refusal == Code.MEMBER_NOT_ENTITLED.value


async def test_a_procedure_has_its_own_cap_apart_from_the_day(tmp_path: Path) -> None:
    trust = MemoryTrust(called=(CALL, replace(CALL, id="altro-2025", cap=1)))
    with answerer(tmp_path, trust, log=MemoryLog(), daily_limit=1) as node:
        need = subject(9, PseudonymClass.NEED)
        assert (await ask(node, called(subject(1), subject(2), need))).refusal == ""
        assert (await ask(node, called(subject(2), subject(3), need))).refusal == ""
        assert (await ask(node, called(subject(1), subject(4)))).refusal == Code.BUDGET_PROCEDURE.value
        assert (await ask(node, called(subject(3)))).refusal == ""
        assert (await ask(node, called(subject(4), procedure="altro-2025"))).refusal == ""
        assert (await ask(node, question(subject(5)))).refusal == ""
        assert (await ask(node, question(subject(6)))).refusal == Code.BUDGET_ANSWER.value
        assert [(one.procedure, one.holder, one.cls, one.spent) for one in node.store.spent_in_procedures()] == [
            ("altro-2025", COMUNE.id, PseudonymClass.PERSON, 1),
            ("bando-2025", COMUNE.id, PseudonymClass.PERSON, 3),
            ("bando-2025", COMUNE.id, PseudonymClass.NEED, 1),
        ]


@pytest.mark.parametrize("table", ["budget_item", "procedure_item", "procedure_budget"])
async def test_a_budget_that_cannot_be_counted_answers_nothing(
    node: Answerer, watching: Watching, tmp_path: Path, table: str
) -> None:
    node.trust.called = (CALL,)
    with closing(sqlite3.connect(tmp_path / f"{PARISH.id}.db")) as raw, raw:
        raw.execute(f"DROP TABLE {table}")
    arrived = sent(question() if table == "budget_item" else called())
    with refused(Code.STORAGE_UNAVAILABLE):
        await node.answering.answer(node.answering.read(arrived, stream()))
    assert watching.documents == []
    assert [entry.code for entry in node.entries()] == [Code.STORAGE_UNAVAILABLE.value]


async def test_a_refusal_under_a_procedure_is_logged_though_nothing_is_trusted(node: Answerer) -> None:
    node.trust.expired = True
    arrived = sent(called())
    with refused(Code.DIRECTORY_EXPIRED):
        await node.answering.answer(node.answering.read(arrived, stream()))
    assert [entry.code for entry in node.entries()] == [Code.DIRECTORY_EXPIRED.value]
