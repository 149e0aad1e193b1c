"""Questions over a real stream: what is answered, what is refused, and what each leaves in the log."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from maglia.core.checkpoint import NoteKey, cosign
from maglia.core.entry import EntryKind, open_pseudonyms
from maglia.core.errors import Code
from maglia.core.exchange import Answer, Question, Receipt, sha256
from maglia.core.identifiers import parse_need
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.merkle import leaf_hash
from maglia.core.vocabulary import (
    MAX_MESSAGE_BYTES,
    MAX_PSEUDONYMS,
    MAX_STREAMS_PER_PEER,
    AidStatus,
    Basis,
    Coverage,
    Facet,
    PseudonymClass,
    Purpose,
    Visibility,
)
from maglia.policy.engine import unavailable
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import AskResponse
from maglia.wire.convert import CARD
from maglia.wire.evidence import open_question
from maglia.wire.exchange import encode_question
from maglia.wire.status import error_of
from node.domain.model import AidRecord
from node.ports import Ruling
from tests.clerk import CONSENT, TODAY, person, record
from tests.peer_world import (
    COMUNE,
    ENTRY,
    MONTH_KEY,
    NETWORK,
    OTHER,
    PARISH,
    Answerer,
    Body,
    MemoryLog,
    MemoryTrust,
    RawStream,
    answerer,
    enrol,
    pseudonym,
    question,
    raw_stream,
    read_answer,
    served,
    subject,
)

POD = parse_need("POD:IT001E12345678")
DAY = timedelta(days=1)


@pytest.fixture
def trust() -> MemoryTrust:
    return MemoryTrust()


@pytest_asyncio.fixture
async def node(tmp_path: Path, trust: MemoryTrust) -> AsyncIterator[Answerer]:
    with answerer(tmp_path, trust) as node:
        async with served(PARISH, trust, node.door()):
            yield node


@pytest_asyncio.fixture
async def stream(node: Answerer, trust: MemoryTrust) -> AsyncIterator[RawStream]:
    assert node.trust is trust
    async with raw_stream(trust) as stream:
        yield stream


def put(node: Answerer, *records: AidRecord) -> None:
    """File records; person number N, and the POD as number 900, are enrolled under the pseudonym of that number."""
    for each in records:
        node.store.add_record(each, "anna")
    names: dict[bytes, bytes] = {person(number).pseudonym_input(): pseudonym(number) for number in range(1, 40)}
    enrol(node.store, names | {POD.pseudonym_input(): pseudonym(900)})


async def ask(stream: RawStream, asked: Question) -> tuple[Answer, Receipt, AskResponse]:
    """Ask, and verify what came back."""
    payload = await stream.send(asked)
    response = await stream.read()
    answer, receipt = read_answer(response)
    assert (receipt.question_hash, receipt.asker_entry) == (sha256(payload), ENTRY)
    assert (receipt.asker, receipt.question_id) == (asked.asker, asked.question_id)
    return answer, receipt, response


async def test_a_right_question_gets_an_answer_whose_entry_is_in_the_log(node: Answerer, stream: RawStream) -> None:
    put(node, record(person(1), amount_cents=700_00))
    asked = question(subject(1), subject(2))
    answer, receipt, _ = await ask(stream, asked)
    [[finding], []] = answer.slots
    assert (finding.facet, finding.body, finding.amount_cents) == (Facet.RENT_ARREARS, PARISH.id, 700_00)
    assert (answer.question_id, answer.coverage) == (asked.question_id, Coverage.FULL)
    assert isinstance(node.log, Log)
    leaves = node.log.read(0, node.log.size)
    assert receipt.answerer_entry in [leaf_hash(leaf) for leaf in leaves]
    [entry] = node.entries(EntryKind.ANSWERED)
    assert (entry.peer, entry.question_id, entry.count) == (COMUNE.id, asked.question_id, 2)
    assert (entry.answer_hash, entry.peer_entry) == (receipt.answer_hash, ENTRY)
    evidence = open_question(entry.evidence, NETWORK, COMUNE.key.public)
    assert (evidence.question_hash, evidence.bound.body_hash) == (receipt.question_hash, entry.question_hash)
    assert open_pseudonyms(MONTH_KEY, entry.sealed) == [pseudonym(1), pseudonym(2)]
    assert all(pseudonym(1) not in leaf for leaf in leaves)


async def test_answers_carry_the_last_cosigned_checkpoint(tmp_path: Path, trust: MemoryTrust) -> None:
    with answerer(tmp_path, trust) as node:
        assert isinstance(node.log, Log)
        witness = SigningKey.generate()
        node.log.witness = NoteKey("prova.witness", witness.private.public_key())
        node.log.append(b"an entry").result()
        note = node.log.checkpoint()
        node.log.store_cosignature(cosign(note, "prova.witness", witness.private, 1))
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            answer, _, _ = await ask(stream, question())
            assert answer.checkpoint.startswith(note)
            again, _, _ = await ask(stream, question())
    assert again.checkpoint == answer.checkpoint  # not a fresh tree size


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"challenge": bytes(32)}, Code.MEMBER_STALE),
        ({"sequence": 2}, Code.MEMBER_STALE),
        ({"key": OTHER.key}, Code.MEMBER_SIGNATURE),
        ({"kind": CARD}, Code.MEMBER_SIGNATURE),
        ({"network": "altra"}, Code.MEMBER_SIGNATURE),
        ({"entry": bytes(31)}, Code.INPUT_MALFORMED),
        ({"entry": bytes(100_000)}, Code.INPUT_MALFORMED),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_what_was_not_signed_for_this_place_is_refused_before_it_is_a_question(
    node: Answerer, stream: RawStream, wrong: Mapping[str, object], code: Code
) -> None:
    await stream.send(question(), **wrong)  # type: ignore[arg-type]  # one argument, by name
    assert await stream.refused() is code
    assert node.entries() == []
    await node.refusals.write()
    [summary] = node.entries(EntryKind.REFUSALS)
    assert (summary.peer, summary.code, summary.count) == (COMUNE.id, code.value, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": encode_question(question(subject(2)))}, Code.MEMBER_SIGNATURE),
        ({"body": b""}, Code.MEMBER_SIGNATURE),
        ({"bound": {"addressee": OTHER.id}}, Code.MEMBER_ADDRESSEE),
        ({"bound": {"question_id": bytes([9]) * 16}}, Code.MEMBER_ADDRESSEE),
    ],
    ids=["another body", "no body", "signed for another", "signed under another id"],
)
async def test_what_is_signed_and_what_is_asked_are_one(
    node: Answerer, stream: RawStream, changes: Mapping[str, object], code: Code
) -> None:
    put(node, record(person(2)))
    await stream.send(question(subject(1)), **changes)  # type: ignore[arg-type]  # one argument, by name
    assert await stream.refused() is code
    assert node.entries() == []


async def test_what_rides_along_with_a_signature_is_not_kept(node: Answerer, stream: RawStream) -> None:
    """The log outlives the question: an asker could leave anything there, for two years, in fields nobody reads."""
    asked = question()
    payload = await stream.send(asked, ride_along=b"\xfa\x7f\xe8\x07" + b"x" * 1_000)
    read_answer(await stream.read())
    [entry] = node.entries(EntryKind.ANSWERED)
    assert Envelope.FromString(entry.evidence).payload == payload
    assert len(entry.evidence) < 300
    for private in (pseudonym(1), asked.salt):
        assert private not in entry.evidence


async def test_a_question_counts_once(node: Answerer, stream: RawStream) -> None:
    await ask(stream, question())
    await stream.send(question(), sequence=1)
    assert await stream.refused() is Code.MEMBER_STALE
    assert len(node.entries(EntryKind.ANSWERED)) == 1


async def test_a_question_of_another_stream_is_refused(node: Answerer, stream: RawStream, trust: MemoryTrust) -> None:
    async with raw_stream(trust) as second:
        assert second.challenge != stream.challenge
        await second.send(question(), challenge=stream.challenge)
        assert await second.refused() is Code.MEMBER_STALE
    assert node.entries() == []


@pytest.mark.parametrize("wrong", [{"addressee": OTHER}, {"asker": OTHER}], ids=["addressee", "asker"])
async def test_a_question_for_or_by_another_is_refused(
    node: Answerer, stream: RawStream, wrong: Mapping[str, Body]
) -> None:
    await stream.send(question(asker=wrong.get("asker", COMUNE), addressee=wrong.get("addressee", PARISH)))
    assert await stream.refused() is Code.MEMBER_ADDRESSEE
    assert node.entries() == []


async def test_after_a_malformed_question_the_stream_still_counts(node: Answerer, stream: RawStream) -> None:
    await stream.send(b"\xff\xff")
    assert await stream.refused() is Code.INPUT_MALFORMED
    await ask(stream, question())
    assert len(node.entries()) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": Purpose.REFERRAL}, Code.MEMBER_NOT_ENTITLED),
        ({"epoch": 2}, Code.PSEUDONYM_EPOCH),
        ({"has_case": False}, Code.CONSENT_CASE_MISSING),
        ({"basis": Basis.CONSENT}, Code.POLICY_BASIS),
        ({"has_case": False, "procedure": "bando-2025"}, Code.INPUT_PROCEDURE),
        ({"basis": Basis.CONSENT, "procedure": "bando-2025"}, Code.POLICY_BASIS),
        ({"facet": Facet.GAS}, Code.POLICY_FACET),
    ],
)
async def test_what_may_not_be_asked_is_answered_with_its_reason_and_logged(
    node: Answerer, stream: RawStream, changes: Mapping[str, object], code: Code
) -> None:
    put(node, record(person(1)))
    answer, receipt, _ = await ask(stream, question(subject(1), **changes))  # type: ignore[arg-type]  # fields, by name
    assert (answer.refusal, answer.slots, answer.coverage) == (code.value, ((),), Coverage.PARTIAL)
    [entry] = node.entries(EntryKind.REFUSED)
    assert (entry.code, entry.answer_hash) == (code.value, receipt.answer_hash)


async def test_a_suspended_member_is_stopped_in_mid_stream(
    node: Answerer, stream: RawStream, trust: MemoryTrust
) -> None:
    await ask(stream, question())
    trust.suspended.add(COMUNE.id)
    await stream.send(question())
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await stream.read()
    assert error_of(failure.value).code is Code.MEMBER_INACTIVE
    with pytest.raises(grpc.aio.AioRpcError):
        async with raw_stream(trust):
            pass
    await node.refusals.write()
    [summary] = node.entries(EntryKind.REFUSALS)
    assert (summary.peer, summary.code, summary.count) == (COMUNE.id, Code.MEMBER_INACTIVE.value, 2)
    assert len(node.entries(EntryKind.ANSWERED)) == 1


async def test_expired_metadata_answers_nobody(node: Answerer, stream: RawStream, trust: MemoryTrust) -> None:
    trust.expired = True
    await stream.send(question())
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await stream.read()
    assert error_of(failure.value).code is Code.DIRECTORY_EXPIRED
    assert node.entries(EntryKind.ANSWERED) == []


async def test_a_suspension_between_reading_and_answering_is_refused_and_logged(
    tmp_path: Path, trust: MemoryTrust
) -> None:
    with answerer(tmp_path, trust) as node:
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            read = node.answering.read

            def read_then_suspend(*arguments: object) -> object:
                trust.suspended.add(COMUNE.id)
                return read(*arguments)  # type: ignore[arg-type]  # passed on

            node.answering.read = read_then_suspend  # type: ignore[method-assign, assignment]
            await stream.send(question())
            assert await stream.refused() is Code.MEMBER_INACTIVE
        assert [entry.code for entry in node.entries(EntryKind.REFUSED)] == [Code.MEMBER_INACTIVE.value]


async def test_the_budget_counts_distinct_pseudonyms(tmp_path: Path, trust: MemoryTrust) -> None:
    with answerer(tmp_path, trust, daily_limit=2) as node:
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            for _ in range(3):
                answer, _, _ = await ask(stream, question(subject(1), subject(2)))
                assert answer.refusal == ""
            over, _, _ = await ask(stream, question(subject(3)))
            known, _, _ = await ask(stream, question(subject(1)))
            async with raw_stream(trust, OTHER) as another:
                own = question(
                    subject(3), asker=OTHER, purpose=Purpose.AID_OVERLAP, basis=Basis.CONSENT, has_case=False
                )
                other, _, _ = await ask(another, own)
        assert (over.refusal, known.refusal, other.refusal) == (Code.BUDGET_ANSWER.value, "", "")
        assert [entry.code for entry in node.entries(EntryKind.REFUSED)] == [Code.BUDGET_ANSWER.value]


async def test_a_broken_budget_refuses_and_is_logged(node: Answerer, stream: RawStream, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / f"{PARISH.id}.db") as raw:
        raw.execute("DROP TABLE budget_item")
    raw.close()
    await stream.send(question())
    assert await stream.refused() is Code.STORAGE_UNAVAILABLE
    assert [entry.code for entry in node.entries()] == [Code.STORAGE_UNAVAILABLE.value]


class Engine:
    """A policy engine that does what a test says."""

    revision = "000000000000"
    engine = "test"

    def __init__(self, outcome: Ruling | Exception) -> None:
        self._outcome = outcome

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        assert decision == "release"
        assert "classes" in document
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    async def replace(self, bundle: bytes, revision: str) -> None:
        raise AssertionError((bundle, revision))

    async def close(self) -> None:
        return


async def test_without_policy_nothing_is_answered_and_the_refusal_is_logged(tmp_path: Path, trust: MemoryTrust) -> None:
    with answerer(tmp_path, trust, engine=Engine(unavailable("stopped"))) as node:
        put(node, record(person(1)))
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            await stream.send(question())
            assert await stream.refused() is Code.POLICY_UNAVAILABLE
        assert [entry.code for entry in node.entries(EntryKind.REFUSED)] == [Code.POLICY_UNAVAILABLE.value]


async def test_a_reason_of_tomorrow_denies_today(tmp_path: Path, trust: MemoryTrust) -> None:
    with answerer(tmp_path, trust, engine=Engine(Ruling(False, ("policy.of_tomorrow",), {}, "r"))) as node:
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            answer, _, _ = await ask(stream, question())
        assert answer.refusal == Code.POLICY_DENIED.value
        assert len(node.entries(EntryKind.REFUSED)) == 1


async def test_no_special_category_leaves_though_policy_releases_it(tmp_path: Path, trust: MemoryTrust) -> None:
    every = {"0": ("facet", "month", "kind", "status", "body"), "1": ("facet", "month", "kind", "status")}
    with answerer(tmp_path, trust, engine=Engine(Ruling(True, (), every, "r"))) as node:
        put(node, record(person(1), "health_therapy"), record(person(1)))
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            answer, _, _ = await ask(stream, question())
    assert [finding.facet for finding in answer.slots[0]] == [Facet.RENT_ARREARS]


async def test_no_answer_leaves_that_is_not_in_the_log(tmp_path: Path, trust: MemoryTrust) -> None:
    log = MemoryLog()
    with answerer(tmp_path, trust, log=log) as node:
        put(node, record(person(1)))
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            log.down = True
            await stream.send(question())
            assert await stream.refused() is Code.LOG_UNAVAILABLE
            await stream.send(question(purpose=Purpose.REFERRAL))
            assert await stream.refused() is Code.LOG_UNAVAILABLE
            log.down = False
            answer, _, _ = await ask(stream, question())
        await node.refusals.write()
        [summary] = node.entries(EntryKind.REFUSALS)
    assert len(answer.slots[0]) == 1
    assert (summary.peer, summary.code, summary.count) == (COMUNE.id, Code.LOG_UNAVAILABLE.value, 2)


HIDDEN = {
    "special category": record(person(2), "health_therapy"),
    "only us": record(person(2), visibility=Visibility.ONLY_US),
    "no consent": record(person(2), consent=None),
    "consent for another end": record(person(2), consent=replace(CONSENT, purposes=("referral",))),
    "consent in no language": record(person(2), consent=replace(CONSENT, language="")),
    "another family": record(person(2), "food_parcel"),
    "too old": record(person(2), day=TODAY - 400 * DAY),
    "cancelled": record(person(2), status=AidStatus.CANCELLED),
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
async def test_a_hidden_record_reads_like_an_absent_one(node: Answerer, stream: RawStream, hidden: AidRecord) -> None:
    put(node, record(person(1)), hidden, *(record(person(3), source_key=str(number)) for number in range(30)))
    if hidden.facet == "health_therapy" or hidden.visibility is Visibility.ONLY_US:
        # Enrolled all the same, as if its person had once had a shareable record too.
        with sqlite3.connect(_database(node)) as raw:
            raw.execute(
                "INSERT INTO pseudonym (class, epoch, pseudonym, subject_id) "
                "SELECT 'person', 1, ?, person_id FROM aid_record WHERE facet = ? AND visibility = ?",
                (pseudonym(2), hidden.facet, hidden.visibility.value),
            )
        raw.close()
    seen = {}
    for name, number in {"hidden": 2, "absent": 77, "one": 1, "many": 3}.items():
        answer, _, response = await ask(stream, question(subject(number)))
        seen[name] = answer, response.ByteSize(), len(node.entries()[-1].sealed)
    assert seen["hidden"][0].slots == seen["absent"][0].slots == ((),)
    assert (len(seen["one"][0].slots[0]), seen["many"][0].omitted > 0) == (1, True)
    assert len({(answer_size, sealed_size) for _, answer_size, sealed_size in seen.values()}) == 1
    assert isinstance(node.log, Log)
    assert len({len(leaf) for leaf in node.log.read(0, 4)}) == 1
    headers = {(answer.coverage, answer.policy_revision, answer.checkpoint) for answer, *_ in seen.values()}
    assert len(headers) == 1


def _database(node: Answerer) -> Path:
    engine = node.store._db._engine  # type: ignore[attr-defined]  # the file beneath the port
    path: str = engine.url.database
    return Path(path)


@pytest.mark.parametrize("column", ["consent_withdrawn", "objection"])
async def test_a_withdrawn_consent_and_an_objection_hide(node: Answerer, stream: RawStream, column: str) -> None:
    put(node, record(person(1)))
    with sqlite3.connect(_database(node)) as raw:
        raw.execute(f"UPDATE aid_record SET {column} = 1")  # noqa: S608 - a column of ours
    raw.close()
    answer, _, _ = await ask(stream, question(subject(1)))
    assert (answer.slots, answer.refusal) == (((),), "")


async def test_a_record_behind_person_and_need_appears_once_as_the_same_need(node: Answerer, stream: RawStream) -> None:
    put(node, record(person(1), need=POD), record(person(1), "rent_current", source_key="another"))
    asked = question(subject(1), subject(900, PseudonymClass.NEED))
    answer, _, _ = await ask(stream, asked)
    [of_person, of_need] = answer.slots
    assert [(finding.facet, finding.same_need) for finding in of_person] == [(Facet.RENT_CURRENT, False)]
    assert [(finding.facet, finding.same_need) for finding in of_need] == [(Facet.RENT_ARREARS, True)]


async def test_a_pseudonym_under_another_class_names_nobody(node: Answerer, stream: RawStream) -> None:
    put(node, record(person(1)))
    answer, _, _ = await ask(stream, question(subject(1), subject(1, PseudonymClass.NEED)))
    [[finding], []] = answer.slots
    assert not finding.same_need


@pytest.mark.parametrize(
    ("creditor", "period", "same"),
    [
        ("ALER Milano", (date(2025, 4, 20), date(2025, 6, 30)), True),
        ("aler milano s.p.a.", (date(2025, 4, 30), date(2025, 4, 30)), True),
        ("ALER Milano", (date(2025, 5, 1), date(2025, 6, 30)), False),
        ("ALER Milano", (None, None), False),
        ("Comune di Milano", (date(2025, 4, 20), date(2025, 6, 30)), False),
        ("", (date(2025, 4, 20), date(2025, 6, 30)), False),
    ],
)
async def test_person_creditor_and_period_make_the_same_need(
    node: Answerer, stream: RawStream, creditor: str, period: tuple[date | None, date | None], same: bool
) -> None:
    put(
        node,
        replace(record(person(1), creditor="ALER Milano"), period_from=date(2025, 3, 1), period_to=date(2025, 4, 30)),
    )
    asked = subject(1, creditor=creditor, period_from=period[0], period_to=period[1])
    answer, _, _ = await ask(stream, question(asked))
    assert [finding.same_need for finding in answer.slots[0]] == [same]


async def test_the_same_need_is_never_among_what_did_not_fit(node: Answerer, stream: RawStream) -> None:
    old = replace(
        record(person(1), creditor="ALER", day=TODAY - 100 * DAY), period_from=TODAY - 100 * DAY, period_to=TODAY
    )
    put(node, old, *(record(person(1), day=TODAY - number * DAY, source_key=str(number)) for number in range(40)))
    answer, _, _ = await ask(stream, question(subject(1, creditor="ALER", period_from=TODAY, period_to=TODAY)))
    assert answer.omitted > 0
    assert [finding.same_need for finding in answer.slots[0]][:2] == [True, False]


async def test_coverage_is_partial_while_a_record_awaits_its_pseudonym(node: Answerer, stream: RawStream) -> None:
    put(node, record(person(1)))
    node.store.add_record(record(person(2)), "anna")
    answer, _, _ = await ask(stream, question())
    assert (answer.coverage, len(answer.slots[0])) == (Coverage.PARTIAL, 1)


async def test_five_hundred_subjects_go_in_one_message(node: Answerer, stream: RawStream) -> None:
    put(node, *(record(person(number)) for number in range(1, 30)))
    asked = question(*(subject(number) for number in range(1, MAX_PSEUDONYMS + 1)))
    answer, _, response = await ask(stream, asked)
    assert response.ByteSize() < MAX_MESSAGE_BYTES
    assert sum(map(len, answer.slots)) == 29


async def test_one_subject_too_many_is_refused(stream: RawStream) -> None:
    await stream.send(question(*(subject(number) for number in range(MAX_PSEUDONYMS + 1))))
    assert await stream.refused() is Code.INPUT_TOO_LARGE


async def test_streams_are_few_and_given_back(node: Answerer, trust: MemoryTrust) -> None:
    assert node.trust is trust
    for _ in range(2):
        async with AsyncExitStack() as held:
            for _ in range(MAX_STREAMS_PER_PEER):
                await ask(await _opened(held, trust), question())
            with pytest.raises(grpc.aio.AioRpcError) as failure:
                await held.enter_async_context(raw_stream(trust))
            assert error_of(failure.value).code is Code.BUDGET_ANSWER


async def _opened(held: AsyncExitStack, trust: MemoryTrust) -> RawStream:
    """Open a stream as soon as the answering side has heard that earlier ones are closed."""
    for _ in range(200):
        try:
            return await held.enter_async_context(raw_stream(trust))
        except grpc.aio.AioRpcError:
            await asyncio.sleep(0.02)
    raise AssertionError("closed streams still count")


async def test_who_never_reads_fills_no_memory(node: Answerer, stream: RawStream) -> None:
    asked = question(*(subject(number) for number in range(1, MAX_PSEUDONYMS + 1)))
    sent = asyncio.create_task(_send_many(stream, asked, 150))
    assert isinstance(node.log, Log)
    before = -1
    while before != node.log.size:
        before = node.log.size
        await asyncio.sleep(0.3)
    sent.cancel()
    await asyncio.gather(sent, return_exceptions=True)
    assert 0 < node.log.size < 100


async def _send_many(stream: RawStream, asked: Question, count: int) -> None:
    for number in range(count):
        await stream.send(replace(asked, question_id=number.to_bytes(16, "big")))


async def test_a_certificate_of_no_card_opens_no_stream(node: Answerer, trust: MemoryTrust) -> None:
    assert node.trust is trust
    trust.bodies = (PARISH, OTHER)
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        async with raw_stream(trust, COMUNE):
            pass
    assert error_of(failure.value).code is Code.MEMBER_CARD
