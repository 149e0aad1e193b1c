"""Whole nodes beside a served registry, in one process: real keys, real TLS, real metadata."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import grpc

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import Card
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.exchange_pb2 import AskRequest, AskResponse
from maglia.v1.exchange_pb2_grpc import ExchangeServiceStub
from maglia.v1.operator_pb2 import GetStatusRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.certificates import TlsIdentity, der_to_pem
from maglia.wire.channel import open_channel
from maglia.wire.convert import open_card
from maglia.wire.envelope import parse
from node import application, joining
from node.app import running
from node.card import CARD_FILE, first_card
from node.config import Settings, load_settings
from node.keys import Keys, load_keys
from node.local import front_channel
from tests.integration.registry_world import NETWORK, PASSPHRASE, World

PATIENCE_S = 20.0
"""A generous bound: what is awaited comes in milliseconds on an idle machine."""


@dataclass(frozen=True)
class Site:
    """One node's folder."""

    folder: Path
    member: str
    network: World

    @property
    def keys(self) -> Keys:
        return load_keys(self.folder, PASSPHRASE)

    def settings(self, **flags: object) -> Settings:
        return load_settings(self.folder, engine="embedded", **flags)

    def card(self) -> Card:
        """Return the card that the node keeps."""
        envelope = parse(Envelope, (self.folder / CARD_FILE).read_bytes())
        return open_card(envelope, NETWORK, self.member, self.keys.identity.public)

    def published(self) -> Card:
        """Return the card that the registry hands out."""
        stored = self.network.parts.members.card(self.member)
        assert stored is not None
        return open_card(parse(Envelope, stored.envelope), NETWORK, self.member, self.keys.identity.public)

    @asynccontextmanager
    async def serving(self, **flags: object) -> AsyncIterator[None]:
        """Serve, with settings changed."""
        async with running(self.folder, self.settings(**flags), self.network.known, PASSPHRASE):
            yield


def typed(member: str, number: int) -> dict[str, str]:
    """Return a complete application as its referent types it."""
    first_10 = f"{number:010d}"
    return {
        "kind": "odv",
        "name": member.title(),
        "runts_number": f"{900_000 + number}",
        "runts_section": "ODV",
        "fiscal_code": first_10 + provisional_check_digit(first_10),
        "act": "Convenzione fittizia",
        "act_protocol": f"PG/2026/{number}",
        "act_expiry": "31/12/2198",
        "territory": "999001",
        "facets": "food_parcel",
        "purposes": "aid_overlap",
        "referent": "Marta Fittizi",
        "contact": "referente@example.org",
    }


def prepared(world: World, folder: Path, member: str) -> Site:
    """Make a node's folder."""
    file = folder / "network.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encode_network_file(world.known))
    where = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    joining.init(folder / "node", file, member, *where, PASSPHRASE)
    return Site(folder / "node", member, world)


async def applied(site: Site, number: int, **changes: str) -> tuple[str, str]:
    """File the application, with answers changed; return fingerprint and state."""
    fields = application.read_application(typed(site.member, number) | changes, date.today())
    return await joining.apply(site.folder, site.network.known, site.member, fields, site.keys)


async def joined(world: World, folder: Path, *members: str, **changes: str) -> list[Site]:
    """Take nodes from an empty folder to activity, with answers of their applications changed."""
    sites = [prepared(world, folder / member, member) for member in members]
    for number, site in enumerate(sites, 1):
        await applied(site, number, **changes)
    await world.approve(*members)
    for site in sites:
        token = await world.token(site.member)
        await first_card(site.folder, site.settings(), world.known, site.keys, token)
    return sites


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail the test when it never does."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is awaited tells nobody
            await asyncio.sleep(0.05)


@dataclass
class Line:
    """A stream to a node, held by hand."""

    call: grpc.aio.StreamStreamCall[AskRequest, AskResponse]
    certificate: bytes
    hello: AskResponse

    async def is_served(self) -> bool:
        """Say something that is no question: a node that still serves the stream refuses it."""
        await self.call.write(AskRequest())
        response = await self.call.read()
        return isinstance(response, AskResponse) and response.WhichOneof("kind") == "refusal"


@asynccontextmanager
async def line(card: Card, identity: TlsIdentity) -> AsyncIterator[Line]:
    """Open a stream to the body of a card, trusting that card's certificate alone."""
    root = der_to_pem(card.certificate)
    async with open_channel(card.endpoint, card.member, card.network, root, identity) as channel:
        call = ExchangeServiceStub(channel).Ask(timeout=PATIENCE_S)
        try:
            hello = await call.read()
            assert isinstance(hello, AskResponse)
            yield Line(call, card.certificate, hello)
        finally:
            call.cancel()


async def rules_of(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> tuple[str, str]:
    """Return revision and engine of the rules that a node that serves decides by; raise `policy.*` for why none are."""
    async with front_channel(folder, settings, network, keys) as (channel, auth):
        status = await OperatorServiceStub(channel).GetStatus(GetStatusRequest(), metadata=auth)
    for code in status.problems:
        if code.startswith("policy."):
            raise MagliaError(Code(code))
    return status.policy_revision, status.engine
