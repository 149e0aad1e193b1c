"""A registry served on loopback with real TLS, two officers with their own keys, and bodies that want to join."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest

from maglia.core.directory import Directory, decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import decode_keys
from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import REGISTRY_ID, Card, SigningKey
from maglia.core.network_file import NetworkFile, decode_network_file, encode_network_file
from maglia.core.officer import check_draft, officer_key_id, sign_draft
from maglia.core.pseudonym import KeySet
from maglia.core.vocabulary import NetworkRole, PseudonymClass
from maglia.v1 import directory_pb2, enrolment_pb2, office_pb2
from maglia.v1.directory_pb2_grpc import DirectoryServiceStub
from maglia.v1.enrolment_pb2_grpc import EnrolmentServiceStub
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from maglia.wire.certificates import TlsIdentity, make_certificate
from maglia.wire.channel import open_channel
from maglia.wire.convert import ACTIVATION, APPLICATION, seal_card, seal_message
from maglia.wire.status import error_of
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles
from registry import app, serving
from registry.config import Settings, load_settings
from registry.secrets import Secrets, load_secrets
from registry.setup import Plan, add_person, initialize, network_file
from registry.store.database import Database

if TYPE_CHECKING:
    from maglia.v1.office_pb2_grpc import OfficeServiceAsyncStub

NETWORK = "prova"
PASSPHRASE = "una frase di prova"
PASSWORD = "una password di prova"
OFFICERS = {"anna": SigningKey(bytes([11]) * 32), "ivo": SigningKey(bytes([12]) * 32)}
POLICIES = Path(__file__).parents[2] / "policies"


def make_template(folder: Path, policies: Path = POLICIES) -> Path:
    """Initialize a registry as the office would; worlds start from copies of it."""
    officers = [(user, key.public.hex()) for user, key in OFFICERS.items()]
    plan = Plan(NETWORK, officers, 2, "127.0.0.1:1", "127.0.0.1:2", policies)
    initialize(folder, plan, PASSPHRASE)
    for user in OFFICERS:
        add_person(folder, user, user.title(), NetworkRole.ACCREDITATION_OFFICER, PASSWORD)
    add_person(folder, "sara", "Sara", NetworkRole.AUDITOR, PASSWORD)
    return folder


@dataclass
class Body:
    """A body's keys, and what it signs with them."""

    member: str
    identity: SigningKey = field(default_factory=SigningKey.generate)
    log: SigningKey = field(default_factory=SigningKey.generate)
    tls: TlsIdentity = field(init=False)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Make another certificate."""
        self.tls = make_certificate(self.member, NETWORK, 86_400, time.time())

    def application(self, **changes: object) -> enrolment_pb2.Application:
        """Return a complete application, with fields changed."""
        first_10 = f"{sum(self.member.encode()) % 10**9:010d}"
        values: dict[str, object] = {
            "network": NETWORK,
            "member": self.member,
            "name": self.member.title(),
            "kind": "odv",
            "runts_number": "900001",
            "fiscal_code": first_10 + provisional_check_digit(first_10),
            "act": "Determina fittizia",
            "act_protocol": "PG/2026/1",
            "act_expiry": "2199-12-31",
            "territory": ["999001"],
            "facets": ["food_parcel"],
            "purposes": ["aid_overlap"],
            "referent": "Marta Fittizi",
            "contact": "referente@example.org",
            "identity_key": self.identity.public,
            "log_key": self.log.public,
        }
        return enrolment_pb2.Application(**values | changes)  # type: ignore[arg-type]

    def card(self, sequence: int = 1, key: SigningKey | None = None) -> Envelope:
        """Return a card for the current certificate."""
        now = int(time.time())
        card = Card(NETWORK, self.member, sequence, self.tls.der, "127.0.0.1:7001", now, now + 86_000)
        return seal_card(card, key or self.identity)


@dataclass
class World:
    """The served registry, and how everybody calls it."""

    folder: Path
    settings: Settings
    secrets: Secrets
    parts: app.Parts
    known: NetworkFile
    channels: list[grpc.aio.Channel] = field(default_factory=list)
    desks: dict[str, Desk] = field(default_factory=dict)

    def front(self) -> grpc.aio.Channel:
        """Return a channel to the front port."""
        return self._kept(open_channel(self.known.registry_front, REGISTRY_ID, NETWORK, self.known.front_certificate))

    def peer(self, identity: TlsIdentity) -> grpc.aio.Channel:
        """Return a channel to the peer port with a client certificate."""
        peer = self.known.registry_peer, REGISTRY_ID, NETWORK, self.known.peer_certificate
        return self._kept(open_channel(*peer, identity))

    def _kept(self, channel: grpc.aio.Channel) -> grpc.aio.Channel:
        self.channels.append(channel)
        return channel

    async def apply(self, body: Body, **changes: object) -> enrolment_pb2.ApplyResponse:
        """File an application."""
        envelope = seal_message(APPLICATION, NETWORK, body.application(**changes), body.identity)
        return await EnrolmentServiceStub(self.front()).Apply(enrolment_pb2.ApplyRequest(application=envelope))

    async def office(self, user: str) -> Desk:
        """Log in, once: hashing a password takes long on purpose."""
        if user in self.desks:
            return self.desks[user]
        stub = OfficeServiceStub(self.front())
        session = await stub.Login(office_pb2.LoginRequest(user=user, password=PASSWORD))
        self.desks[user] = Desk(user, stub, (("authorization", f"Bearer {session.token}"),))
        return self.desks[user]

    async def approve(self, *members: str) -> office_pb2.SignDraftResponse:
        """Let both officers sign; return what the second was told."""
        for user in OFFICERS:
            desk = await self.office(user)
            signed = await desk.sign(await desk.prepare(*members))
        return signed

    async def activate(self, body: Body, token: str) -> enrolment_pb2.ActivateResponse:
        """Use a token."""
        activation = enrolment_pb2.Activation(network=NETWORK, member=body.member, token=token)
        sealed = seal_message(ACTIVATION, NETWORK, activation, body.identity)
        request = enrolment_pb2.ActivateRequest(activation=sealed, card=body.card())
        return await EnrolmentServiceStub(self.front()).Activate(request)

    async def token(self, member: str) -> str:
        """Return a one-time token."""
        desk = await self.office("anna")
        request = office_pb2.IssueTokenRequest(member=member)
        return (await desk.stub.IssueToken(request, metadata=desk.bearer)).token

    async def joined(self, *names: str) -> list[Body]:
        """Take bodies from application to activity."""
        bodies = [Body(name) for name in names]
        for body in bodies:
            await self.apply(body)
        await self.approve(*names)
        for body in bodies:
            await self.activate(body, await self.token(body.member))
        return bodies

    async def trusted(self, folder: Path) -> Trusted:
        """Verify what is published, starting from the network file, as a node does."""
        loop, stub = asyncio.get_running_loop(), DirectoryServiceStub(self.front())

        async def fetch(kind: str, name: str) -> bytes:
            try:
                if kind == "metadata":
                    return (await stub.GetMetadata(directory_pb2.GetMetadataRequest(filename=name))).content
                pieces = stub.GetTarget(directory_pb2.GetTargetRequest(path=name))
                return b"".join([piece.chunk async for piece in pieces])
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.NOT_FOUND:
                    raise NotThereError(name) from error
                raise error_of(error) from error

        def wait(kind: str, name: str) -> bytes:
            return asyncio.run_coroutine_threadsafe(fetch(kind, name), loop).result(10)

        files = TrustedFiles(folder, self.known.root, wait)
        return await asyncio.to_thread(files.refresh)

    async def directory(self, folder: Path) -> Directory:
        """Return the verified directory, less the suspended."""
        trusted = await self.trusted(folder)
        return decode_directory(trusted.directory).without(decode_suspensions(trusted.suspensions))

    async def key_sets(self, folder: Path, member: str) -> tuple[KeySet, KeySet]:
        """Return the verified key sets of a check and of a member's own enrolment, for persons."""
        keys = decode_keys((await self.trusted(folder)).keys)
        return keys.network_set(PseudonymClass.PERSON), keys.own_set(PseudonymClass.PERSON, member)


@dataclass(frozen=True)
class Desk:
    """An officer (or auditor) who has logged in."""

    user: str
    stub: OfficeServiceAsyncStub
    bearer: Sequence[tuple[str, str]]

    async def prepare(self, *members: str) -> office_pb2.PrepareDraftResponse:
        """Ask for the draft that adds these bodies."""
        return await self.stub.PrepareDraft(office_pb2.PrepareDraftRequest(members=members), metadata=self.bearer)

    async def sign(
        self, draft: office_pb2.PrepareDraftResponse, key: SigningKey | None = None
    ) -> office_pb2.SignDraftResponse:
        """Check the draft as the console does, and sign it."""
        check_draft(draft.signed, {file.path: file.content for file in draft.targets})
        key = key or OFFICERS[self.user]
        request = office_pb2.SignDraftRequest(
            draft=draft.draft, key_id=officer_key_id(key.public), signature=sign_draft(key, draft.signed)
        )
        return await self.stub.SignDraft(request, metadata=self.bearer)

    async def suspend(self, member: str) -> office_pb2.SuspendMemberResponse:
        """Stop a member."""
        request = office_pb2.SuspendMemberRequest(member=member, reason="prova")
        return await self.stub.SuspendMember(request, metadata=self.bearer)


def copy_of(template: Path, folder: Path) -> Path:
    """Return a registry of its own for one test."""
    shutil.copytree(template, folder)
    return folder


def replica_of(folder: Path, other: Path) -> Path:
    """Return the folder of another replica: the same settings and keys, and no database of its own."""
    other.mkdir()
    for name in ("registry.toml", "keystore.json"):
        shutil.copy(folder / name, other)
    return other


@asynccontextmanager
async def served(folder: Path, **flags: object) -> AsyncIterator[World]:
    """Serve the registry in `folder` on free ports, or again on those of a registry that is served no more."""
    secrets = load_secrets(folder, PASSPHRASE)
    database = Database.open(folder, load_settings(folder).database)
    settings, parts, servers = _listening(folder, database, secrets, flags)
    known = decode_network_file(encode_network_file(network_file(folder, settings, PASSPHRASE)))
    world = World(folder, settings, secrets, parts, known)
    for server in servers:
        await server.start()
    hearing = asyncio.create_task(serving.hear_others(parts))
    try:
        yield world
    finally:
        hearing.cancel()
        for channel in world.channels:
            await channel.close()
        for server in servers:
            await server.stop(0)
        database.close()


def _listening(
    folder: Path, database: Database, secrets: Secrets, flags: dict[str, object]
) -> tuple[Settings, app.Parts, tuple[grpc.aio.Server, ...]]:
    """Open both ports; a port that was free a moment ago may be taken by another test."""
    for _ in range(10):
        ports = {name: f"127.0.0.1:{_free_port()}" for name in ("peer", "front")}
        settings = load_settings(folder, **(ports | flags))
        parts = app.build(database, settings, secrets, folder)
        with suppress(MagliaError):
            return settings, parts, app.listen(parts, settings, secrets)
    raise AssertionError("no free port")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def refused(code: Code) -> Iterator[None]:
    """Expect a call to be refused with this code."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        yield
    assert error_of(failure.value).code is code
