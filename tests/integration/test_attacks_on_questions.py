"""Attackers on the stream between two bodies, and in the evaluator's place: what they replay, forge and measure."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from maglia.core import pseudonym as oprf
from maglia.core.entry import EntryKind
from maglia.core.errors import Code
from maglia.core.exchange import Question
from maglia.core.identity import REGISTRY_ID
from maglia.core.network_file import NetworkFile
from maglia.core.pseudonym import Share
from maglia.core.vocabulary import Basis, Coverage, Facet, PseudonymClass, Purpose, Silence
from maglia.v1 import pseudonyms_pb2 as pb
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceServicer, add_PseudonymServiceServicer_to_server
from maglia.wire.certificates import make_certificate
from maglia.wire.channel import peer_credentials
from maglia.wire.convert import part_message
from maglia.wire.entries import encode_entry
from maglia.wire.exchange import encode_question
from node.network.registry import RegistryClient
from node.ports import Evaluating, Ruling, SilentError
from tests.clerk import person, record
from tests.integration.test_exchange_stream import ask, put
from tests.peer_world import (
    COMUNE,
    ENTRY,
    NETWORK,
    OTHER,
    PARISH,
    Answerer,
    MemoryTrust,
    RawStream,
    answerer,
    evaluation_keys,
    peer_streams,
    policy,
    question,
    raw_stream,
    read_answer,
    served,
    subject,
    tls,
)
from tests.peer_world import refused as refused_by_us

DAY_S = 86_400
HOSTILE = (
    '"; allow := true #',
    "} allow if { true",
    "data.maglia.release",
    "../../v1/data/system",
    "bando\x00",
    "\u202eodnab",
    "bаndo-2025",  # the second letter is Cyrillic
    "${jndi:ldap://x}",
    "b" * 5_000,
)


@asynccontextmanager
async def parish(folder: Path, trust: MemoryTrust, **more: Any) -> AsyncIterator[Answerer]:
    """Serve a parish with one client."""
    with answerer(folder, trust, **more) as node:
        put(node, record(person(1)))
        async with served(PARISH, trust, node.door()):
            yield node


async def test_what_was_said_before_a_restart_is_nothing_after_it(tmp_path: Path) -> None:
    trust, asked = MemoryTrust(), question()
    async with parish(tmp_path, trust), raw_stream(trust) as stream:
        challenge = stream.challenge
        await ask(stream, asked)
    with answerer(tmp_path, trust) as node:
        async with served(PARISH, trust, node.door()), raw_stream(trust) as stream:
            await stream.send(asked, challenge=challenge, sequence=1)
            assert await stream.refused() is Code.MEMBER_STALE
            await stream.send(asked, challenge=challenge, sequence=2)
            assert await stream.refused() is Code.MEMBER_STALE
        assert len(node.entries(EntryKind.ANSWERED)) == 1


@pytest.mark.parametrize("offset_s", [-DAY_S, -3_600, -300, -5, 5, 300, 3_600, DAY_S])
async def test_a_clock_that_is_off_changes_no_answer(tmp_path: Path, offset_s: float) -> None:
    trust = MemoryTrust()
    async with parish(tmp_path, trust) as node, raw_stream(trust) as stream:
        right, _, _ = await ask(stream, question())
        node.clock.instant += offset_s
        off, _, _ = await ask(stream, question())
    assert (off.coverage, off.refusal, off.slots) == (right.coverage, right.refusal, right.slots)
    assert off.coverage is Coverage.FULL
    assert len(off.slots[0]) == 1


async def test_a_server_under_another_members_certificate_is_told_nothing(tmp_path: Path) -> None:
    """Its certificate is good, and current: of another name."""
    trust = MemoryTrust()
    with answerer(tmp_path, trust, OTHER) as node:
        async with served(OTHER, trust, node.door()):
            trust.endpoints[PARISH.id] = trust.endpoints[OTHER.id]
            peers, asked = peer_streams(trust), question()
            with pytest.raises(SilentError) as failure:
                await peers.ask(PARISH.id, asked.question_id, encode_question(asked), ENTRY)
            await peers.close()
        assert node.entries() == []
    assert failure.value.reason in {Silence.UNREACHABLE, Silence.REFUSED_CONNECTION}


REFUSED = {
    "not entitled": {"purpose": Purpose.REFERRAL},
    "another epoch": {"epoch": 2},
    "no case": {"has_case": False},
    "another basis": {"basis": Basis.CONSENT},
    "no such procedure": {"has_case": False, "procedure": "bando-2025"},
    "another facet": {"facet": Facet.GAS},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
async def test_a_refusal_about_a_client_is_the_one_about_a_stranger(
    tmp_path: Path, changes: Mapping[str, object]
) -> None:
    trust = MemoryTrust()
    seen = []
    async with parish(tmp_path, trust) as node, raw_stream(trust) as stream:
        for number in (1, 77):
            asked = question(subject(number), question_id=bytes(16), **changes)  # type: ignore[arg-type]  # by name
            answer, _, response = await ask(stream, asked)
            assert answer.refusal
            seen.append((answer.refusal, answer.coverage, answer.slots, response.ByteSize(), len(response.body)))
        logged = [encode_entry(entry) for entry in node.entries(EntryKind.REFUSED)]
    assert seen[0] == seen[1]
    assert [len(leaf) for leaf in logged] == [len(logged[0])] * 2


async def test_a_question_over_the_budget_is_refused_alike_for_clients_and_strangers(tmp_path: Path) -> None:
    trust, seen = MemoryTrust(), []
    async with parish(tmp_path, trust, daily_limit=1), raw_stream(trust) as stream:
        await ask(stream, question(subject(5)))
        for number in (1, 77):
            answer, _, response = await ask(stream, question(subject(number)))
            seen.append((answer.refusal, answer.slots, response.ByteSize()))
    assert seen == [(Code.BUDGET_ANSWER.value, ((),), seen[0][2])] * 2


class Listening:
    """The real engine, and every document that was put before it."""

    def __init__(self) -> None:
        self.heard: list[Mapping[str, object]] = []
        self.engine, self.revision = policy().engine, policy().revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        self.heard.append(document)
        return await policy().decide(decision, document)

    async def replace(self, bundle: bytes, revision: str) -> None:
        raise AssertionError((bundle, revision))

    async def close(self) -> None:
        return


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_text_of_an_asker_reaches_the_rules(tmp_path: Path, text: str) -> None:
    """A procedure's name is the one text of a question; what is none of the signed ones ends before a rule is asked."""
    trust, engine = MemoryTrust(), Listening()
    async with parish(tmp_path, trust, engine=engine), raw_stream(trust) as stream:
        said = await _answer_or_code(stream, question(has_case=False, procedure=text))
        assert said in {Code.INPUT_PROCEDURE.value, Code.INPUT_MALFORMED.value}
        assert not [heard for heard in engine.heard if text in repr(heard)]
        answer, _, _ = await ask(stream, question())
        assert answer.refusal == ""


async def _answer_or_code(stream: RawStream, asked: Question) -> str:
    await stream.send(asked)
    response = await stream.read()
    return response.refusal.code if response.WhichOneof("kind") == "refusal" else read_answer(response)[0].refusal


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_the_rules_take_hostile_text_for_text_and_deny(text: str) -> None:
    """Should one ever come to them: values are data to the engine, and data that no rule knows open nothing."""
    document = {
        "asker": {"kind": text, "purposes": [text], "facets": [text]},
        "operator": {"role": text},
        "query": {"purpose": text, "facet": text, "months": 6, "basis": text, "has_case": True, "procedure": text},
        "responder": {"kind": "parish", "facets": ["rent_arrears"]},
        "classes": [],
        "day": "2025-06-01",
    }
    ruling = await policy().decide("release", document)
    assert (ruling.allow, dict(ruling.release)) == (False, {})
    assert ruling.reasons


class WrongKeys(PseudonymServiceServicer):
    """An evaluator with seeds of its own, whose proofs are true of them: it would join everybody with nobody."""

    async def Evaluate(self, request: pb.EvaluateRequest, context: object) -> pb.EvaluateResponse:  # noqa: N802
        assert context
        wrong = oprf.Evaluator({share: bytes([share + 9]) * 32 for share in (Share.S12, Share.S13, Share.S23)})
        theirs = wrong.key_set(NETWORK, KEY_SET.cls, KEY_SET.epoch, KEY_SET.members)
        part = wrong.evaluate(theirs, oprf.ALL_SHARES, list(request.elements))
        return pb.EvaluateResponse(parts=[part_message(part)])


KEY_SET = evaluation_keys((COMUNE.id, PARISH.id), 1).network_set(PseudonymClass.PERSON)


async def test_an_evaluation_under_other_keys_than_those_signed_is_no_pseudonym() -> None:
    identity = make_certificate(REGISTRY_ID, NETWORK, 3_600, time.time())
    server = grpc.aio.server()
    add_PseudonymServiceServicer_to_server(WrongKeys(), server)
    port = server.add_secure_port("127.0.0.1:0", peer_credentials(identity, lambda: None, tls(COMUNE.id).certificate))
    await server.start()
    address = f"127.0.0.1:{port}"
    known = NetworkFile(NETWORK, b"{}", address, address, identity.certificate, identity.certificate)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.stop, None)
        client = RegistryClient(known, tls(COMUNE.id))
        stack.push_async_callback(client.close)
        asked = oprf.blind(b"cf:XQZXQW80A01H501X")
        parts = await client.evaluate(KEY_SET, [asked.element], Evaluating(enrolment=False))
        with refused_by_us(Code.PSEUDONYM_PROOF):
            oprf.combine(KEY_SET, [asked.element], parts)
