"""Two bodies that send persons to each other over TLS: real keys, stores, logs and rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import grpc

from maglia.core.entry import Entry, EntryKind
from maglia.core.exchange import QUESTION_ID_BYTES, BoundQuestion, sha256
from maglia.core.identity import SigningKey
from maglia.core.referral import REFERRAL_ID_BYTES, ReferralMessage, ReferralStep, ReferredPerson
from maglia.core.vocabulary import REFERRALS_A_DAY, Facet, Kind, Purpose, Role
from maglia.v1.referral_pb2 import ReferRequest, ReferResponse
from maglia.v1.referral_pb2_grpc import ReferralServiceStub, add_ReferralServiceServicer_to_server
from maglia.wire.chain import Chain
from maglia.wire.channel import SERVER_OPTIONS, open_channel, peer_credentials
from maglia.wire.convert import REFERRAL
from maglia.wire.envelope import seal
from maglia.wire.evidence import encode_bound
from maglia.wire.referral import encode_referral
from node.domain.model import Consent, Operator
from node.domain.referral import Referral
from node.endings import OpenQuestions
from node.entries import Entries
from node.network.referrals import ReferralCalls
from node.pseudonyms import Pseudonyms
from node.referrals.courier import Courier, CourierTimes
from node.referrals.desk import ReferralDesk, read_wanted
from node.referrals.receiving import Receiving
from node.referrals.rules import ReferralRules
from node.rpc.referral import ReferralDoor
from node.rpc.rules import PeerRules
from tests.clerk import TODAY, fictional_code, person
from tests.peer_world import NETWORK, Answerer, Body, MemoryEvaluator, MemoryTrust, OneKey, answerer, policy, tls

SENDS = frozenset({Purpose.AID_OVERLAP, Purpose.REFERRAL})
PARISH = Body("parrocchia", purposes=SENDS, facets=frozenset({Facet.FOOD_PARCEL}))
COMUNE = Body("comune", Kind.COMUNE, purposes=SENDS, facets=frozenset({Facet.RENT_ARREARS, Facet.FOOD_PARCEL}))
OTHER = Body("caritas", Kind.CARITAS, purposes=SENDS, facets=frozenset({Facet.RENT_ARREARS}))
ANNA = Operator("anna", "Anna Fittizi", Role.VOLUNTEER)
PAOLO = Operator("paolo", "Paolo Fittizi", Role.SOCIAL_WORKER)
CONSENT = Consent(("referral",), "2026-1", "it", TODAY)
GIVE_UP_S = 72 * 3600.0
BUDGET_KEY = bytes([3]) * 32


def two_bodies(**changes: object) -> MemoryTrust:
    return MemoryTrust(bodies=(COMUNE, PARISH, OTHER), **changes)  # type: ignore[arg-type]  # fields, by name


@dataclass
class House:
    """One body that sends and receives."""

    node: Answerer
    receiving: Receiving
    courier: Courier
    desk: ReferralDesk
    open_questions: OpenQuestions = field(default_factory=OpenQuestions)

    @property
    def trust(self) -> MemoryTrust:
        return self.node.trust

    def door(self) -> ReferralDoor:
        return ReferralDoor(NETWORK, self.node.body.key, self.receiving, self.node.refusals)

    def entries(self, *kinds: EntryKind) -> list[Entry]:
        return self.node.entries(*kinds)

    def consent(self, number: int = 1, consent: Consent = CONSENT) -> None:
        self.node.store.add_consent(person(number), consent, ANNA.user)

    async def send(
        self, number: int = 1, to: Body = COMUNE, facet: str = "rent_arrears", texts: Mapping[str, str] | None = None
    ) -> Referral:
        """Let a volunteer send a fictional person."""
        wanted = read_wanted(fictional_code(number), to.id, facet, **(texts or {}))
        return await self.desk.send(ANNA, wanted)

    def referral(self, number: int = 1) -> Referral:
        return self.node.store.referral(number)


@contextmanager
def house(folder: Path, trust: MemoryTrust, body: Body, daily_limit: int = REFERRALS_A_DAY) -> Iterator[House]:
    """A body with its store and log in a folder, which another call opens again."""
    with answerer(folder, trust, body) as node:
        entries = Entries(node.log, OneKey(), node.clock)
        receiving = Receiving(body.id, node.store, entries, policy(), trust, node.clock, daily_limit)
        rules = ReferralRules(node.store, policy(), node.clock)
        calls = ReferralCalls(NETWORK, body.key, lambda: tls(body.id), trust.peer, 5.0)
        opened = OpenQuestions()
        times = CourierTimes(60.0, GIVE_UP_S)
        courier = Courier(body.id, node.store, entries, trust, calls, rules, node.clock, opened, times)
        made = Pseudonyms(MemoryEvaluator(), node.store, node.clock)
        desk = ReferralDesk(body.id, node.store, entries, policy(), trust, made, rules, courier, node.clock, BUDGET_KEY)
        yield House(node, receiving, courier, desk, opened)


@asynccontextmanager
async def at_work(one: House) -> AsyncIterator[None]:
    """Let the courier run, as in a node."""
    work = asyncio.create_task(one.courier.run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@asynccontextmanager
async def open_house(one: House, *, port: int = 0) -> AsyncIterator[None]:
    """Serve a body's door behind the chain, over TLS on loopback; its endpoint is in `trust`."""
    trust, body = one.trust, one.node.body
    rules = PeerRules(trust.caller, trust.official, one.node.refusals.count).table()
    server = grpc.aio.server(interceptors=[Chain(rules)], options=SERVER_OPTIONS)
    add_ReferralServiceServicer_to_server(one.door(), server)
    credentials = peer_credentials(tls(body.id), lambda: None, trust.roots())
    bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    await server.start()
    trust.endpoints[body.id] = f"127.0.0.1:{bound}"
    try:
        yield
    finally:
        await server.stop(None)


@asynccontextmanager
async def both(folder: Path, trust: MemoryTrust | None = None) -> AsyncIterator[tuple[House, House]]:
    """A parish that sends and a comune that takes, both served and at work; the first person consented."""
    trust = trust or two_bodies()
    with house(folder, trust, PARISH) as parish, house(folder, trust, COMUNE) as comune:
        parish.consent()
        async with open_house(parish), open_house(comune), at_work(parish), at_work(comune):
            yield parish, comune


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail the test when it never does."""
    async with asyncio.timeout(20.0):
        while not holds():  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.02)


def message(
    content: ReferredPerson | ReferralStep | None = None,
    sender: Body = PARISH,
    addressee: Body = COMUNE,
    **changes: object,
) -> ReferralMessage:
    """Return a message about a fictional person, with fields changed."""
    who = ReferredPerson(
        fictional_code(1),
        bytes([5]) * 16,
        "Nome Fittizio",
        notice_version="2026-1",
        language="it",
        consent_day=date(2025, 6, 1),
    )
    fields: dict[str, object] = {
        "question_id": bytes([1]) * QUESTION_ID_BYTES,
        "sender": sender.id,
        "addressee": addressee.id,
        "referral_id": bytes([2]) * REFERRAL_ID_BYTES,
        "facet": Facet.RENT_ARREARS,
        "epoch": 1,
        "directory_version": 3,
        "content": content or who,
    }
    return ReferralMessage(**{**fields, **changes})  # type: ignore[arg-type]  # fields, by name


@dataclass
class RawCall:
    """A call held by hand: whatever may be said on it can be said."""

    call: grpc.aio.StreamStreamCall[ReferRequest, ReferResponse]
    challenge: bytes
    sender: Body

    def request(
        self,
        told: ReferralMessage,
        *,
        challenge: bytes | None = None,
        sequence: int = 1,
        kind: str = REFERRAL,
        key: SigningKey | None = None,
        body: bytes | None = None,
        addressee: str = "",
    ) -> ReferRequest:
        """Return a request, right unless told otherwise."""
        encoded = encode_referral(told)
        bound = BoundQuestion(
            sha256(encoded),
            bytes(range(32)),
            challenge or self.challenge,
            sequence,
            addressee or told.addressee,
            told.question_id,
        )
        envelope = seal(kind, NETWORK, encode_bound(bound), key or self.sender.key)
        return ReferRequest(message=envelope, body=encoded if body is None else body)

    async def tell(self, request: ReferRequest) -> ReferResponse:
        """Send it and return what comes back."""
        await self.call.write(request)
        response = await self.call.read()
        assert isinstance(response, ReferResponse)
        return response

    async def refused(self, request: ReferRequest) -> str:
        """Return the code of the refusal that must come back."""
        response = await self.tell(request)
        assert response.WhichOneof("kind") == "refusal", response
        return response.refusal.code


@asynccontextmanager
async def raw_call(trust: MemoryTrust, sender: Body = PARISH, addressee: Body = COMUNE) -> AsyncIterator[RawCall]:
    """Open a call and read its hello."""
    root = tls(addressee.id).certificate
    async with open_channel(trust.endpoints[addressee.id], addressee.id, NETWORK, root, tls(sender.id)) as channel:
        call = ReferralServiceStub(channel).Refer()
        hello = await call.read()
        assert isinstance(hello, ReferResponse)
        yield RawCall(call, hello.hello.challenge, sender)
        call.cancel()
