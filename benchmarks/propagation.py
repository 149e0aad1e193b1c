"""How long a suspension takes to end a body's open streams: from the officer's call to the last node's refusal.

Rounds: one officer suspends a body that holds a stream to every other node and says nothing on it; when all streams
have ended, two officers reinstate it.
"""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import grpc

from benchmarks.measure import Plan
from benchmarks.network import BenchNetwork
from benchmarks.table import Table
from demo.network import NETWORK
from demo.sheet import read_sheet
from maglia.core.identity import REGISTRY_ID, Card, SigningKey
from maglia.core.keystore import load_keystore
from maglia.core.officer import check_draft, officer_key_id, sign_draft
from maglia.v1 import office_pb2
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import AskResponse
from maglia.v1.exchange_pb2_grpc import ExchangeServiceStub
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.convert import open_card
from maglia.wire.envelope import parse
from node.card import CARD_FILE

if TYPE_CHECKING:
    from maglia.v1.office_pb2_grpc import OfficeServiceAsyncStub

_LONGEST_S = 60.0
_TARGET_S = 5.0
_QUICK_ROUNDS, _WHOLE_ROUNDS = 5, 50


@dataclass(frozen=True)
class Officer:
    """One who has logged in, with the own key."""

    stub: OfficeServiceAsyncStub
    bearer: Sequence[tuple[str, str]]
    key: SigningKey

    async def suspend(self, member: str) -> None:
        """Stop a member."""
        request = office_pb2.SuspendMemberRequest(member=member, reason="bench")
        await self.stub.SuspendMember(request, metadata=self.bearer)

    async def reinstate(self, member: str) -> None:
        """Sign that a suspension is over."""
        change = office_pb2.Change(act="reinstate", member=member, reason="bench")
        request = office_pb2.PrepareDraftRequest(changes=[change])
        draft = await self.stub.PrepareDraft(request, metadata=self.bearer)
        check_draft(draft.signed, {file.path: file.content for file in draft.targets})
        signature = sign_draft(self.key, draft.signed)
        signing = office_pb2.SignDraftRequest(
            draft=draft.draft, key_id=officer_key_id(self.key.public), signature=signature
        )
        await self.stub.SignDraft(signing, metadata=self.bearer)


async def measure_propagation(network: BenchNetwork, plan: Plan, table: Table) -> None:
    """Add the median and the worst round, from the officer's call to the last stream's end."""
    rounds = _WHOLE_ROUNDS if plan.is_whole else _QUICK_ROUNDS
    stopped = network.members()[-1]
    others = [member for member in network.members() if member != stopped]
    cards = [_card(network, member) for member in others]
    identity = network.keys(stopped).peer
    firsts: list[float] = []
    lasts: list[float] = []
    async with _officers(network) as (one, two):
        for _ in range(rounds):
            ends = await _round(one, stopped, cards, identity)
            firsts.append(min(ends))
            lasts.append(max(ends))
            await one.reinstate(stopped)
            await two.reinstate(stopped)
    table.section(f"A suspension, {len(others)} nodes with an open stream each, {rounds} rounds")
    table.add("until the first node ended its stream, median", median(firsts), "s")
    table.add("until the last node ended its stream, median", median(lasts), "s", target=_TARGET_S)
    table.add("until the last node ended its stream, worst", max(lasts), "s", target=_TARGET_S)


async def _round(officer: Officer, stopped: str, cards: Sequence[Card], identity: TlsIdentity) -> list[float]:
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(_stream(card, identity)) for card in cards]
        start = time.perf_counter()
        ending = [asyncio.create_task(_end_of(stream)) for stream in streams]
        await officer.suspend(stopped)
        return [moment - start for moment in await asyncio.gather(*ending)]


async def _end_of(stream: Any) -> float:
    """Return when a stream ended on which nobody says anything."""
    try:
        await stream.read()
    except grpc.aio.AioRpcError:
        return time.perf_counter()
    raise AssertionError("a node said something on a silent stream")


@asynccontextmanager
async def _stream(card: Card, identity: TlsIdentity) -> AsyncIterator[Any]:
    """Open a stream, trying again while the node has not yet heard that the body is back."""
    until = time.monotonic() + _LONGEST_S
    while True:
        root = der_to_pem(card.certificate)
        async with open_channel(card.endpoint, card.member, card.network, root, identity) as channel:
            call = ExchangeServiceStub(channel).Ask(timeout=_LONGEST_S)
            try:
                hello = await call.read()
            except grpc.aio.AioRpcError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.05)
                continue
            assert isinstance(hello, AskResponse)  # noqa: S101 - the contract's first message
            try:
                yield call
            finally:
                call.cancel()
            return


def _card(network: BenchNetwork, member: str) -> Card:
    envelope = parse(Envelope, (network.data_dir(member) / CARD_FILE).read_bytes())
    return open_card(envelope, NETWORK, member, network.keys(member).identity.public)


@asynccontextmanager
async def _officers(network: BenchNetwork) -> AsyncIterator[list[Officer]]:
    """Log both officers in, each with the own key."""
    sheet = read_sheet(network.directory)
    passphrase = network.directory.joinpath("passphrase").read_text("utf-8")
    async with AsyncExitStack() as stack:
        people = [(person, *_profile(Path(person["profile"]), passphrase)) for person in sheet["officers"]]
        officers = []
        for person, root, key in people:
            channel = open_channel(sheet["registry"]["front"], REGISTRY_ID, NETWORK, root)
            stub = OfficeServiceStub(await stack.enter_async_context(channel))
            login = await stub.Login(office_pb2.LoginRequest(user=person["user"], password=person["password"]))
            officers.append(Officer(stub, (("authorization", f"Bearer {login.token}"),), key))
        yield officers


def _profile(path: Path, passphrase: str) -> tuple[bytes, SigningKey]:
    """Return the office's certificate and the officer's own key, as a profile names them."""
    profile = tomllib.loads(path.read_text("utf-8"))
    [seed] = load_keystore(path.parent / profile["officer_key"], passphrase).values()
    return (path.parent / profile["ca_file"]).read_bytes(), SigningKey(seed)
