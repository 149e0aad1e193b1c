"""Bodies that meet for tests: real keys, stores, logs and policy; trust and evaluation held in memory."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import grpc
import pytest
from grpc.aio import EOF

from maglia.core import pseudonym as oprf
from maglia.core.bundle import build_bundle
from maglia.core.directory import Directory, Member, Official
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.exchange import Answer, BoundQuestion, Question, Receipt, Subject, creditor_tag, sha256
from maglia.core.identity import Card, SigningKey
from maglia.core.log import Appended, Log, LogReport
from maglia.core.merkle import leaf_hash
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import KeySet, Part, Share
from maglia.core.vocabulary import (
    ACCESS_REPORTS_A_DAY,
    ANSWERS_A_DAY,
    Basis,
    Facet,
    Kind,
    PseudonymClass,
    Purpose,
    Silence,
)
from maglia.sql.engine import open_sqlite
from maglia.sql.log import SqlLogBackend
from maglia.v1.exchange_pb2 import AskRequest, AskResponse
from maglia.v1.exchange_pb2_grpc import ExchangeServiceStub, add_ExchangeServiceServicer_to_server
from maglia.v1.report_pb2_grpc import ReportServiceServicer, add_ReportServiceServicer_to_server
from maglia.wire.certificates import TlsIdentity, der_to_pem, make_certificate
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, open_channel, peer_credentials
from maglia.wire.convert import QUESTION
from maglia.wire.entries import decode_entry
from maglia.wire.envelope import seal
from maglia.wire.evidence import encode_bound, keep, open_receipt
from maglia.wire.exchange import decode_answer, encode_question
from node.access.disclosing import Disclosing
from node.answer import Answering, Received, Stream
from node.checks.asked_late import AskedLate
from node.consents import ConsentDesk
from node.domain.retention import LONGEST, Terms
from node.entries import Entries, MonthlyKeys
from node.inbox import Inbox
from node.log.search import LogSearch
from node.log.tracing import Tracing
from node.network.peers import Peer, PeerStreams
from node.policy.embedded import EmbeddedPolicy
from node.ports import Evaluating, Policy, Room, Store
from node.ports import Log as LogPort
from node.pseudonyms import Pseudonyms
from node.referrals.endings import ReferralEndings
from node.refusals import Refusals
from node.rpc.exchange import ExchangeDoor
from node.rpc.report import CALL_S, ReportDoor
from node.rpc.rules import PeerRules
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, StoppedClock

NETWORK = "prova"
POLICIES = Path(__file__).parents[1] / "policies"
ENTRY = bytes(range(32))
MONTH_KEY = bytes([7]) * 32
_SEEDS = {share: bytes([share]) * 32 for share in (Share.S12, Share.S13, Share.S23)}


@cache
def policy() -> EmbeddedPolicy:
    """Return the engine over the real bundle; compiled once, since it takes long."""
    return EmbeddedPolicy(*build_bundle(POLICIES))


@cache
def _identity(member: str) -> SigningKey:
    return SigningKey((member.encode() * 32)[:32])


@cache
def tls(member: str) -> TlsIdentity:
    """Return a body's certificate, the same for the whole run."""
    return make_certificate(member, NETWORK, 86_400, time.time())


@dataclass(frozen=True)
class Body:
    """One body with its keys."""

    id: str
    kind: Kind = Kind.PARISH
    purposes: frozenset[Purpose] = frozenset({Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY})
    facets: frozenset[Facet] = frozenset({Facet.RENT_ARREARS})

    @property
    def key(self) -> SigningKey:
        return _identity(self.id)

    @property
    def member(self) -> Member:
        contact = f"{self.id}@example.org"
        keys = self.key.public, self.key.public
        return Member(
            self.id, self.id.title(), self.kind, *keys, self.facets, self.purposes, (), contact, "PG/1", "2199-12-31"
        )


COMUNE = Body("comune", Kind.COMUNE)
PARISH = Body("parrocchia")
OTHER = Body("caritas", Kind.CARITAS)


@dataclass
class MemoryTrust:
    """Fulfils `node.ports.Trust`, and what the doors ask of `NetworkTrust`, from memory."""

    bodies: Sequence[Body] = (COMUNE, PARISH, OTHER)
    version: int = 3
    epoch: int = 1
    also_epoch: int = 0
    keys_epoch: int = 0
    expired: bool = False
    suspended: set[str] = field(default_factory=set)
    endpoints: dict[str, str] = field(default_factory=dict)
    no_card: dict[str, Silence] = field(default_factory=dict)
    timestamp: int = 7
    heard_of: list[int] = field(default_factory=list)
    looks: int = 0
    called: Sequence[Procedure] = ()
    appointed: Sequence[Official] = ()

    def timestamp_version(self) -> int:
        return self.timestamp

    def heard(self, version: int) -> None:
        self.heard_of.append(version)

    def look(self) -> None:
        self.looks += 1

    def directory(self) -> Directory:
        if self.expired:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        members = {body.id: body.member for body in self.bodies}
        directory = Directory(NETWORK, self.version, self.epoch, b"w" * 32, members, also_epoch=self.also_epoch)
        directory = replace(directory, officials={one.id: one for one in self.appointed})
        return directory.without(dict.fromkeys(self.suspended, 1))

    def keys(self) -> EvaluationKeys:
        if self.expired:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        members = tuple(body.id for body in self.bodies)
        also = evaluation_keys(members, self.also_epoch) if self.also_epoch else None
        return replace(evaluation_keys(members, self.keys_epoch or self.epoch), also=also)

    def procedures(self) -> Mapping[str, Procedure]:
        if self.expired:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return {called.id: called for called in self.called}

    def card_state(self, member: str) -> Silence | None:
        return self.no_card.get(member)

    def peer(self, member: str) -> Peer:
        found = self.directory().member(member)
        if member not in self.endpoints:
            raise MagliaError(Code.MEMBER_CARD)
        card = Card(NETWORK, member, 1, tls(member).der, self.endpoints[member], 0, 2**40)
        return Peer(card, found.identity_key)

    def caller(self, certificate: bytes) -> Member:
        for body in self.bodies:
            if tls(body.id).der == certificate:
                return self.directory().member(body.id)
        raise MagliaError(Code.MEMBER_CARD)

    def official(self, certificate: bytes) -> Official | None:
        return next((one for one in self.appointed if one.certificate == certificate), None)

    def roots(self) -> bytes:
        officials = [der_to_pem(one.certificate) for one in self.appointed]
        return b"".join([*(tls(body.id).certificate for body in self.bodies), *officials])


@cache
def _evaluator() -> oprf.Evaluator:
    return oprf.Evaluator(_SEEDS)


@cache
def evaluation_keys(members: tuple[str, ...], epoch: int) -> EvaluationKeys:
    """Return the public keys of all members, derived from fixed seeds."""
    sets = {cls: _evaluator().key_set(NETWORK, cls, epoch, members) for cls in PseudonymClass}
    return EvaluationKeys(NETWORK, epoch, {cls: {key.member: key for key in found.keys} for cls, found in sets.items()})


@dataclass
class MemoryEvaluator:
    """Fulfils `node.ports.Evaluator` with all three seeds; `before` runs ahead of each evaluation."""

    evaluated: int = 0
    procedures: list[str] = field(default_factory=list)

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        assert not (wanted.enrolment and wanted.procedure)
        self.evaluated += len(elements)
        self.procedures.append(wanted.procedure)
        return [_evaluator().evaluate(key_set, oprf.ALL_SHARES, elements)]


@dataclass(frozen=True)
class OneKey:
    """One key for all months."""

    def key(self, month: str) -> bytes:
        assert len(month) == 7
        return MONTH_KEY

    def find(self, month: str) -> bytes | None:
        return self.key(month)


@dataclass
class MemoryLog:
    """A log that keeps its leaves in a list; `down` fails every append."""

    leaves: list[bytes] = field(default_factory=list)
    down: bool = False
    cosigned: bytes | None = None

    def append(self, leaf: bytes) -> Future[Appended]:
        future: Future[Appended] = Future()
        made = self.append_many([leaf])
        if error := made.exception():
            future.set_exception(error)
        else:
            future.set_result(made.result()[0])
        return future

    def append_many(self, leaves: Sequence[bytes]) -> Future[list[Appended]]:
        future: Future[list[Appended]] = Future()
        if self.down:
            future.set_exception(MagliaError(Code.LOG_UNAVAILABLE))
            return future
        start = len(self.leaves)
        self.leaves += leaves
        future.set_result([Appended(number, leaf_hash(leaf)) for number, leaf in enumerate(leaves, start)])
        return future

    def latest_cosigned(self) -> bytes | None:
        return self.cosigned

    @property
    def size(self) -> int:
        return len(self.leaves)

    @property
    def first(self) -> int:
        return 0

    def read(self, start: int, count: int) -> list[bytes]:
        return self.leaves[start : start + count]

    def verify(self) -> LogReport:
        raise AssertionError("nobody verifies this one")

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        found = [decode_entry(leaf) for leaf in self.leaves]
        return [entry for entry in found if not kinds or entry.kind in kinds]


@dataclass
class Answerer:
    """A body that answers, served or not."""

    body: Body
    trust: MemoryTrust
    store: Store
    log: LogPort
    refusals: Refusals
    answering: Answering
    clock: StoppedClock

    def consent_desk(self, wake: Callable[[], None] = lambda: None) -> ConsentDesk:
        """Return where the body's operators put on file what persons say of the sharing."""
        assert isinstance(self.log, Log | MemoryLog)
        made = Pseudonyms(MemoryEvaluator(), self.store, self.clock)
        entries = Entries(self.log, OneKey(), self.clock)
        tracing = Tracing(self.body.id, self.store, self.log, entries, self.trust, made, self.clock)
        endings = ReferralEndings(self.store, self.clock, 3600.0, wake)
        return ConsentDesk(self.store, tracing, endings, self.clock)

    def disclosing(
        self,
        daily_limit: int = ACCESS_REPORTS_A_DAY,
        months: MonthlyKeys | None = None,
        engine: Policy | None = None,
    ) -> Disclosing:
        """Return what tells others who looked a person up here."""
        assert isinstance(self.log, Log | MemoryLog)
        entries = Entries(self.log, months or OneKey(), self.clock)
        told_from = self.body.id, self.store, LogSearch(self.log, entries), entries, engine or policy(), self.trust
        return Disclosing(*told_from, self.clock, self.refusals, daily_limit)

    def report_door(
        self,
        daily_limit: int = ACCESS_REPORTS_A_DAY,
        months: MonthlyKeys | None = None,
        limit_s: float = CALL_S,
    ) -> ReportDoor:
        told_by = NETWORK, self.body.id, self.body.key, self.disclosing(daily_limit, months)
        return ReportDoor(*told_by, self.trust.caller, self.trust, self.clock, self.refusals, limit_s)

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        leaves = self.log.leaves if isinstance(self.log, MemoryLog) else _read_all(self.log)
        found = [decode_entry(leaf) for leaf in leaves]
        return [entry for entry in found if not kinds or entry.kind in kinds]

    def door(self) -> ExchangeDoor:
        return ExchangeDoor(
            NETWORK,
            self.body.key,
            self.answering,
            self.trust.caller,
            lambda: self.trust.directory().version,
            self.refusals,
            self.trust,
        )


def _read_all(log: LogPort) -> list[bytes]:
    assert isinstance(log, Log)
    return log.read(0, log.size)


@contextmanager
def answerer(
    folder: Path,
    trust: MemoryTrust,
    body: Body = PARISH,
    *,
    engine: Policy | None = None,
    log: MemoryLog | None = None,
    daily_limit: int = ANSWERS_A_DAY,
    terms: Callable[[], Terms] = lambda: LONGEST,
    room: Room | None = None,
) -> Iterator[Answerer]:
    """A body with a real store, and a real log unless one is given."""
    clock, database = StoppedClock(), open_sqlite(folder / f"{body.id}.db")
    migrate(database)
    store = SqlStore(database, FIELD_KEY, clock)
    real = None if log else Log(SqlLogBackend(database), f"maglia/{NETWORK}/{body.id}", body.key.private)
    used: LogPort = log or real or MemoryLog()
    entries = Entries(used, OneKey(), clock, room=room)
    late = AskedLate(store, Inbox(store)).note
    answering = Answering(body.id, store, entries, engine or policy(), trust, clock, terms, daily_limit, late)
    try:
        yield Answerer(body, trust, store, used, Refusals(entries), answering, clock)
    finally:
        if real:
            real.close()
        store.close()
        database.dispose()


def enrol(store: Store, names: Mapping[bytes, bytes], epoch: int = 1) -> None:
    """Give each awaiting subject the pseudonym that `names` has for its typed input, or one of its own."""
    awaiting = store.awaiting(epoch, 1_000)
    store.enrol(epoch, [(one, names.get(one.typed_input, pseudonym(one.subject_id + 10_000))) for one in awaiting])


def pseudonym(number: int) -> bytes:
    """Return 16 bytes that stand for one subject."""
    return number.to_bytes(16, "big")


def subject(number: int, cls: PseudonymClass = PseudonymClass.PERSON, creditor: str = "", **period: object) -> Subject:
    """Return a subject asked about."""
    tag = creditor_tag(pseudonym(number), creditor) if creditor else bytes(16)
    return replace(Subject(pseudonym(number), cls, tag), **period)  # type: ignore[arg-type]  # dates, by name


def question(*subjects: Subject, asker: Body = COMUNE, addressee: Body = PARISH, **changes: object) -> Question:
    """Return a comune's question on a rent subsidy with its case on file, with fields changed."""
    asked = Question(
        question_id=time.monotonic_ns().to_bytes(16, "big"),
        asker=asker.id,
        addressee=addressee.id,
        purpose=Purpose.RENT_SUBSIDY,
        facet=Facet.RENT_ARREARS,
        months=6,
        basis=Basis.PUBLIC_TASK,
        has_case=True,
        procedure="",
        epoch=1,
        directory_version=3,
        subjects=subjects or (subject(1),),
    )
    return replace(asked, **changes)  # type: ignore[arg-type]  # fields, by name


def bind(
    asked: Question | bytes, challenge: bytes, sequence: int = 1, entry: bytes = ENTRY
) -> tuple[BoundQuestion, bytes]:
    """Return what is signed of a question, and its body; of bytes that are no question, as of one to the parish."""
    if isinstance(asked, bytes):
        return BoundQuestion(sha256(asked), entry, challenge, sequence, PARISH.id, bytes(16)), asked
    body = encode_question(asked)
    return BoundQuestion(sha256(body), entry, challenge, sequence, asked.addressee, asked.question_id), body


def received(asked: Question | bytes, challenge: bytes, sequence: int = 1) -> Received:
    """Return a question as it reaches a body, signed by its asker."""
    bound, body = bind(asked, challenge, sequence)
    asker = COMUNE.id if isinstance(asked, bytes) else asked.asker
    envelope = seal(QUESTION, NETWORK, encode_bound(bound), Body(asker).key)
    return Received(envelope.payload, body, keep(envelope))


async def answer_from(answering: Answering, asked: Question) -> Answer:
    """Let a body answer a question that came over a stream of its own."""
    opened = Stream(asked.asker, bytes(32))
    answered = await answering.answer(answering.read(received(asked, opened.challenge), opened))
    return decode_answer(answered.body)


def read_answer(response: AskResponse, body: Body = PARISH) -> tuple[Answer, Receipt]:
    """Return an answer and its receipt once signature and hash were verified."""
    assert response.WhichOneof("kind") == "answer", response.refusal.code
    receipt = open_receipt(keep(response.answer), NETWORK, body.key.public)
    assert receipt.answer_hash == sha256(response.body)
    return decode_answer(response.body), receipt


@asynccontextmanager
async def served(
    body: Body, trust: MemoryTrust, door: ExchangeDoor, report: ReportServiceServicer | None = None, *, port: int = 0
) -> AsyncIterator[grpc.aio.Server]:
    """Serve one door, or both, behind the chain, over TLS on loopback; the body's endpoint is in `trust`."""
    refusals = door._refusals
    server = grpc.aio.server(
        interceptors=[Chain(PeerRules(trust.caller, trust.official, refusals.count).table())], options=SERVER_OPTIONS
    )
    add_ExchangeServiceServicer_to_server(door, server)
    if report is not None:
        add_ReportServiceServicer_to_server(report, server)
    credentials = peer_credentials(tls(body.id), lambda: None, trust.roots())
    bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    await server.start()
    trust.endpoints[body.id] = f"127.0.0.1:{bound}"
    try:
        yield server
    finally:
        await server.stop(None)


@dataclass
class RawStream:
    """A stream held by hand: whatever may be said on it can be said."""

    asker: Body
    call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]
    challenge: bytes
    sequence: int = 0

    async def send(
        self,
        asked: Question | bytes,
        *,
        challenge: bytes | None = None,
        sequence: int | None = None,
        key: SigningKey | None = None,
        kind: str = QUESTION,
        network: str = NETWORK,
        entry: bytes = ENTRY,
        bound: Mapping[str, object] | None = None,
        body: bytes | None = None,
        ride_along: bytes = b"",
    ) -> bytes:
        """Send a question, right unless told otherwise; return the payload as signed.

        `bound` changes what is signed, `body` what is sent beside it; `ride_along` are fields added to the envelope.
        """
        self.sequence += 1
        right, encoded = bind(asked, challenge or self.challenge, sequence or self.sequence, entry)
        payload = encode_bound(replace(right, **bound or {}))  # type: ignore[arg-type]  # fields, by name
        envelope = seal(kind, network, payload, key or self.asker.key)
        envelope.MergeFromString(ride_along)
        await self.call.write(AskRequest(question=envelope, body=encoded if body is None else body))
        return payload

    async def read(self) -> AskResponse:
        """Return the next response; raises when the stream has ended."""
        response = await self.call.read()
        assert response is not EOF
        assert isinstance(response, AskResponse)
        return response

    async def refused(self) -> Code:
        """Return the code of the next response, which must be a refusal."""
        response = await self.read()
        assert response.WhichOneof("kind") == "refusal"
        return Code(response.refusal.code)


@asynccontextmanager
async def raw_stream(trust: MemoryTrust, asker: Body = COMUNE, answerer_: Body = PARISH) -> AsyncIterator[RawStream]:
    """Open a stream and read its hello."""
    endpoint, root = trust.endpoints[answerer_.id], tls(answerer_.id).certificate
    async with open_channel(endpoint, answerer_.id, NETWORK, root, tls(asker.id)) as channel:
        call = ExchangeServiceStub(channel).Ask()
        hello = await call.read()
        assert isinstance(hello, AskResponse)
        yield RawStream(asker, call, hello.hello.challenge)
        call.cancel()


def peer_streams(trust: MemoryTrust, asker: Body = COMUNE) -> PeerStreams:
    """Return an asker's streams."""
    return PeerStreams(NETWORK, asker.key, lambda: tls(asker.id), trust.peer, trust)


@contextmanager
def refused(code: Code) -> Iterator[None]:
    """Expect a `MagliaError` with this code."""
    with pytest.raises(MagliaError) as failure:
        yield
    assert failure.value.code is code
