"""Warm streams against a real door: restarts, deaths, many questions in flight, forged and frozen answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Question, sha256
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import PROTOCOL_VERSIONS, Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import AskRequest, AskResponse, BoundQuestion, Hello, Refusal
from maglia.v1.exchange_pb2_grpc import ExchangeServiceServicer, add_ExchangeServiceServicer_to_server
from maglia.wire.channel import SERVER_OPTIONS, peer_credentials
from maglia.wire.convert import ANSWER
from maglia.wire.envelope import seal
from maglia.wire.evidence import open_receipt
from maglia.wire.exchange import decode_answer, decode_question, encode_question
from node.network.peers import PeerStreams
from node.ports import RefusedError, SignedAnswer, SilentError
from tests.peer_world import (
    COMUNE,
    ENTRY,
    NETWORK,
    PARISH,
    Answerer,
    MemoryTrust,
    answerer,
    peer_streams,
    question,
    served,
    subject,
    tls,
)

Script = Callable[[AsyncIterator[AskRequest]], AsyncIterator[AskResponse]]
HELLO = AskResponse(hello=Hello(challenge=bytes(32), versions=PROTOCOL_VERSIONS))


@asynccontextmanager
async def streams(trust: MemoryTrust) -> AsyncIterator[PeerStreams]:
    peers = peer_streams(trust)
    try:
        yield peers
    finally:
        await peers.close()


async def ask(peers: PeerStreams, asked: Question | None = None) -> SignedAnswer:
    asked = asked or question()
    async with asyncio.timeout(10):
        return await peers.ask(PARISH.id, asked.question_id, encode_question(asked), ENTRY)


@contextmanager
def silent(reason: Silence) -> Iterator[None]:
    with pytest.raises(SilentError) as failure:
        yield
    assert failure.value.reason is reason


@contextmanager
def refused(code: Code) -> Iterator[None]:
    with pytest.raises(RefusedError) as failure:
        yield
    assert failure.value.code == code.value


class Scripted(ExchangeServiceServicer):
    """A body that says what a test tells it to."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.opened = 0

    async def Ask(  # noqa: N802 - the contract's name
        self, request_iterator: AsyncIterator[AskRequest], context: object
    ) -> AsyncIterator[AskResponse]:
        assert context is not None
        self.opened += 1
        async for response in self._script(request_iterator):
            yield response


@asynccontextmanager
async def scripted(trust: MemoryTrust, script: Script) -> AsyncIterator[Scripted]:
    server, door = grpc.aio.server(options=SERVER_OPTIONS), Scripted(script)
    add_ExchangeServiceServicer_to_server(door, server)
    port = server.add_secure_port("127.0.0.1:0", peer_credentials(tls(PARISH.id), lambda: None, trust.roots()))
    trust.endpoints[PARISH.id] = f"127.0.0.1:{port}"
    await server.start()
    try:
        yield door
    finally:
        await server.stop(None)


@pytest.fixture
def trust() -> MemoryTrust:
    return MemoryTrust()


@pytest.fixture
def node(tmp_path: Path, trust: MemoryTrust) -> Iterator[Answerer]:
    with answerer(tmp_path, trust) as node:
        yield node


async def test_many_questions_in_flight_each_get_their_own_answer(node: Answerer, trust: MemoryTrust) -> None:
    """More than a stream works on at once."""
    async with served(PARISH, trust, node.door()), streams(trust) as peers:
        asked = [
            question(*(subject(n) for n in range(1, 2 + size % 9)), question_id=bytes([size]) * 16)
            for size in range(1, 131)
        ]
        answers = await asyncio.gather(*(ask(peers, each) for each in asked))
        for each, signed in zip(asked, answers, strict=True):
            answer = decode_answer(signed.body)
            assert (answer.question_id, len(answer.slots)) == (each.question_id, len(each.subjects))
            assert signed.receipt.question_hash == signed.question_hash
            assert open_receipt(signed.evidence, NETWORK, PARISH.key.public) == signed.receipt


async def test_answers_in_any_order_reach_who_asked(node: Answerer, trust: MemoryTrust) -> None:
    held: list[AskRequest] = []
    async with served(PARISH, trust, node.door()), streams(trust) as real:
        answered = {n: await ask(real, question(question_id=bytes([n]) * 16)) for n in (1, 2, 3)}

    async def backwards(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for request in requests:
            held.append(request)
            if len(held) == 3:
                for number in (3, 1, 1, 2):
                    yield _said(answered[number])

    async with scripted(trust, backwards), streams(trust) as peers:
        asked = [question(question_id=bytes([number]) * 16) for number in (1, 2, 3)]
        signed = await asyncio.gather(*(ask(peers, each) for each in asked))
    assert [each.body for each in signed] == [each.body for each in answered.values()]
    assert {each.question_hash for each in signed} == {sha256(request.question.payload) for request in held}


async def test_a_stream_is_used_again_and_opened_again_after_a_restart(node: Answerer, trust: MemoryTrust) -> None:
    async with streams(trust) as peers:
        async with served(PARISH, trust, node.door()):
            await ask(peers)
            await ask(peers)
            assert [entry.peer for entry in node.entries()] == [COMUNE.id] * 2
            port = int(trust.endpoints[PARISH.id].rpartition(":")[2])
        with silent(Silence.UNREACHABLE):
            await ask(peers)
        async with served(PARISH, trust, node.door(), port=port):
            await _until_answered(peers)
        async with served(PARISH, trust, node.door()):  # another endpoint, as a later card says
            await ask(peers)


async def _until_answered(peers: PeerStreams) -> None:
    """Ask until the channel has waited out its pause between two attempts."""
    for _ in range(50):
        try:
            await ask(peers)
        except SilentError:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError("never came back")


async def test_a_body_that_dies_over_questions_is_unreachable_for_each(trust: MemoryTrust) -> None:
    taken = asyncio.Event()

    async def takes_three(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        for _ in range(3):
            await anext(aiter(requests))
        taken.set()
        await asyncio.sleep(60)

    async with streams(trust) as peers:
        async with scripted(trust, takes_three):
            waiting = [asyncio.create_task(ask(peers, question(question_id=bytes([n]) * 16))) for n in range(3)]
            await taken.wait()
        for outcome in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(outcome, SilentError)
            assert outcome.reason is Silence.UNREACHABLE


async def test_nobody_listening_is_unreachable_at_once(trust: MemoryTrust) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        trust.endpoints[PARISH.id] = f"127.0.0.1:{probe.getsockname()[1]}"
    async with streams(trust) as peers:
        with silent(Silence.UNREACHABLE):
            await ask(peers)
        assert not await peers.is_reachable(PARISH.id)


async def test_a_body_without_a_card_is_not_asked(trust: MemoryTrust) -> None:
    async with streams(trust) as peers:
        with pytest.raises(MagliaError) as failure:
            await ask(peers)
        assert failure.value.code is Code.MEMBER_CARD


def _said(answer: SignedAnswer) -> AskResponse:
    return AskResponse(answer=Envelope.FromString(answer.evidence), body=answer.body)


def _answers(signer: SigningKey, network: str = NETWORK, kind: str = ANSWER) -> Script:
    async def script(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for request in requests:
            assert decode_question(request.body).asker == COMUNE.id
            yield AskResponse(answer=seal(kind, network, b"", signer))

    return script


@pytest.mark.parametrize(
    "script",
    [_answers(COMUNE.key), _answers(PARISH.key, network="altra"), _answers(PARISH.key, kind="question")],
    ids=["another key", "another network", "another type"],
)
async def test_an_answer_that_its_body_did_not_sign_is_refused(trust: MemoryTrust, script: Script) -> None:
    async with scripted(trust, script) as door, streams(trust) as peers:
        for _ in range(2):
            with refused(Code.MEMBER_SIGNATURE):
                await ask(peers)
        assert door.opened == 2  # nothing that follows a forgery is trusted


async def test_bytes_that_are_no_answer_are_refused(trust: MemoryTrust) -> None:
    async def signed_noise(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for _ in requests:
            yield AskResponse(answer=seal(ANSWER, NETWORK, b"\xff\xff\xff", PARISH.key))

    async with scripted(trust, signed_noise), streams(trust) as peers:
        with refused(Code.INPUT_MALFORMED):
            await ask(peers)


async def test_an_answer_to_nobodys_question_is_not_taken_for_ours(node: Answerer, trust: MemoryTrust) -> None:
    async with served(PARISH, trust, node.door()), streams(trust) as real:
        other = await ask(real, question(question_id=bytes([9]) * 16))

    async def of_another(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for _ in requests:
            yield _said(other)

    async with scripted(trust, of_another), streams(trust) as peers:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await ask(peers)


@pytest.mark.parametrize(
    ("said", "logged"), [("storage.unavailable", Code.STORAGE_UNAVAILABLE), ("x" * 5_000, Code.NETWORK_ANSWER)]
)
async def test_a_refusal_ends_its_question_alone(trust: MemoryTrust, said: str, logged: Code) -> None:
    async def refuses_the_first(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for request in requests:
            if BoundQuestion.FromString(request.question.payload).sequence == 2:
                yield AskResponse(refusal=Refusal(sequence=1, code=said))

    async with scripted(trust, refuses_the_first), streams(trust) as peers:
        first = asyncio.create_task(ask(peers))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(ask(peers, question(question_id=bytes(16))))
        with refused(logged):
            await first
        await asyncio.sleep(0.05)
        assert not second.done()
        second.cancel()


async def test_a_stream_whose_counts_differ_is_replaced(trust: MemoryTrust) -> None:
    async def stale(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        async for _ in requests:
            yield AskResponse(refusal=Refusal(sequence=1, code=Code.MEMBER_STALE.value))

    async with scripted(trust, stale) as door, streams(trust) as peers:
        for _ in range(2):
            with refused(Code.MEMBER_STALE):
                await ask(peers)
        assert door.opened == 2


async def test_a_version_that_nobody_here_speaks_is_silence(trust: MemoryTrust) -> None:
    async def of_tomorrow(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield AskResponse(hello=Hello(challenge=bytes(32), versions=[99]))
        async for _ in requests:
            pass

    async with scripted(trust, of_tomorrow), streams(trust) as peers:
        with silent(Silence.VERSION):
            await ask(peers)


async def test_a_frozen_body_costs_the_callers_deadline_and_nobody_elses(trust: MemoryTrust) -> None:
    async def frozen(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        assert requests is not None
        yield HELLO
        await asyncio.sleep(60)

    async with scripted(trust, frozen), streams(trust) as peers:

        async def impatient() -> None:
            async with asyncio.timeout(0.3):
                await ask(peers)

        outcomes = await asyncio.gather(*(impatient() for _ in range(5)), return_exceptions=True)
        assert all(isinstance(outcome, TimeoutError) for outcome in outcomes)


async def test_a_port_that_accepts_and_says_nothing_is_the_callers_deadline_too(trust: MemoryTrust) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        trust.endpoints[PARISH.id] = f"127.0.0.1:{mute.getsockname()[1]}"
        async with streams(trust) as peers:
            with pytest.raises((TimeoutError, SilentError)):
                async with asyncio.timeout(0.3):
                    await ask(peers)


async def test_who_waits_to_write_on_a_stream_that_ends_hears_of_it(trust: MemoryTrust) -> None:
    async def ends_on_first(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        await anext(aiter(requests))

    async with scripted(trust, ends_on_first), streams(trust) as peers:
        outcomes = await _race(lambda n: ask(peers, question(question_id=bytes([n]) * 16)))
    assert {type(outcome) for outcome in outcomes} == {SilentError}


async def _race(ask_one: Callable[[int], Awaitable[SignedAnswer]]) -> list[object]:
    return list(await asyncio.gather(*(ask_one(number) for number in range(30)), return_exceptions=True))


# trust that ends, and news


async def _until_asked(door: Scripted, peers: PeerStreams) -> None:
    async with asyncio.timeout(10):
        while not door.opened or not any(stream.in_flight for stream in peers._streams.values()):  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.01)


async def test_a_suspended_body_is_not_waited_for_and_its_answer_not_used(trust: MemoryTrust) -> None:
    may_answer = asyncio.Event()

    async def answer_late(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        await anext(aiter(requests))
        await may_answer.wait()
        yield AskResponse(refusal=Refusal(sequence=1, code=Code.POLICY_DENIED.value))

    async with scripted(trust, answer_late) as door, streams(trust) as peers:
        asking = asyncio.create_task(ask(peers))
        await _until_asked(door, peers)
        peers.review()
        assert not asking.done()  # nobody was suspended: it goes on
        trust.suspended.add(PARISH.id)
        peers.review()
        may_answer.set()
        with refused(Code.MEMBER_INACTIVE):
            await asking
        with pytest.raises(MagliaError) as failure:
            await ask(peers)
        assert failure.value.code is Code.MEMBER_INACTIVE
        assert door.opened == 1


async def test_a_body_suspended_while_its_stream_opens_is_not_asked(trust: MemoryTrust) -> None:
    asked: list[AskRequest] = []

    async def slow(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        trust.suspended.add(PARISH.id)
        yield HELLO
        async for request in requests:
            asked.append(request)

    async with scripted(trust, slow), streams(trust) as peers:
        with pytest.raises((RefusedError, SilentError)):
            await ask(peers)
    assert asked == []


async def test_a_renewed_card_takes_a_stream_of_its_own_and_what_is_in_flight_ends_well(trust: MemoryTrust) -> None:
    release = asyncio.Event()

    async def refuse(requests: AsyncIterator[AskRequest]) -> AsyncIterator[AskResponse]:
        yield HELLO
        number = 0
        async for _ in requests:
            number += 1
            await release.wait()
            yield AskResponse(refusal=Refusal(sequence=number, code=Code.POLICY_DENIED.value))

    identities = [tls(COMUNE.id), replace(tls(COMUNE.id))]
    async with scripted(trust, refuse) as door:
        peers = PeerStreams(NETWORK, COMUNE.key, lambda: identities[0], trust.peer, trust)
        first = asyncio.create_task(ask(peers))
        await _until_asked(door, peers)
        identities.pop(0)
        second = asyncio.create_task(ask(peers))
        async with asyncio.timeout(10):
            while door.opened < 2:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.01)
        release.set()
        for asking in (first, second):
            with refused(Code.POLICY_DENIED):
                await asking
        await peers.close()


async def test_bodies_tell_each_other_how_new_their_metadata_is(node: Answerer, trust: MemoryTrust) -> None:
    async with served(PARISH, trust, node.door()), streams(trust) as peers:
        await ask(peers)
    # The asker hears hello and answer, the answering body the question; both trust the same here.
    assert trust.heard_of == [trust.timestamp] * 3


async def test_a_body_that_can_not_be_reached_is_a_reason_to_look_for_news(trust: MemoryTrust) -> None:
    trust.endpoints[PARISH.id] = "127.0.0.1:9"
    async with streams(trust) as peers:
        with silent(Silence.UNREACHABLE):
            await ask(peers)
    assert trust.looks == 1
