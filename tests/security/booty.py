"""Three real nodes beside a real registry, which help and ask about the same persons; and what is stolen of them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.chain import Chain, Context
from maglia.wire.channel import open_channel
from node import local
from node.importing.columns import REQUIRED
from node.keys import Keys
from registry import app as registry_app
from tests.clerk import fictional_code
from tests.integration.node_world import PATIENCE_S, Site, joined
from tests.integration.registry_world import NETWORK, World, make_template, served

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub

MEMBERS = ("alfa", "beta", "gamma")
PASSWORD = "una password di operatore"
CREDITOR = "Immobiliare Argine"
GIVEN = date.today() - timedelta(days=10)
CLIENTS = tuple(sorted(fictional_code(number) for number in range(60)))
"""Persons whom all three bodies help; their files are sorted by code, and the same."""
STRANGER = fictional_code(900)
"""Somebody whom nobody helps."""
ASKED = {"alfa": CLIENTS[:10], "beta": CLIENTS[5:12]}


@dataclass
class Booty:
    """What was taken, and what the judge of the attack knows besides: each node's keys."""

    sites: dict[str, Site]
    registry: Path
    settings: World
    messages: list[tuple[str, Any]] = field(default_factory=list)
    """Method and message of everything that the registry received or sent."""
    logged: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def database(self, member: str) -> Path:
        """Return a node's database, with its log in it."""
        return self.sites[member].folder / "node.db"

    def keys(self, member: str) -> Keys:
        """Return a node's secrets, which no thief has."""
        return self.sites[member].keys


async def plunder(folder: Path) -> Booty:
    """Run the three nodes through a day, stop them, and return what their machines hold."""
    registry = make_template(folder / "registry")
    with _recorded() as (messages, logged):
        async with served(registry) as world:
            sites = await joined(world, folder, *MEMBERS, facets="rent_arrears")
            booty = Booty({site.member: site for site in sites}, registry, world, messages, logged)
            for site in sites:
                await _prepare(site)
            async with AsyncExitStack() as stack:
                for site in sites:
                    await stack.enter_async_context(site.serving())
                await _live(booty)
    return booty


async def _prepare(site: Site) -> None:
    """Give a node its operator and the file of its aid."""
    rows = (f"k{number};{code};rent_arrears;{GIVEN:%d/%m/%Y};900,00;;consenso;" for number, code in enumerate(CLIENTS))
    lines = (f"{row}{CREDITOR};{GIVEN:%d/%m/%Y};2025-1;it" for row in rows)
    header = ";".join((*REQUIRED, "creditore", "consenso", "informativa", "lingua"))
    content = "\n".join((header, *lines)).encode()
    where = site.folder, site.settings(), site.network.known, site.keys
    report = await local.import_file(*where, "aiuti.csv", content)
    assert report.added == len(CLIENTS)
    await local.add_operator(
        *where, pb.AddOperatorRequest(user="anna", name="Anna", password=PASSWORD, role="social_worker")
    )


async def _live(booty: Booty) -> None:
    """Let everybody be enrolled, then let two bodies ask about the same persons."""
    async with AsyncExitStack() as stack:
        desks = {member: await stack.enter_async_context(_desk(booty, site)) for member, site in booty.sites.items()}
        for desk in desks.values():
            await desk.until_enrolled()
        for member, codes in ASKED.items():
            for code in codes:
                response = await desks[member].check(code)
                assert (response.answered, response.asked) == (2, 2), response
                assert response.verdict == "similar"
        for _ in range(2):
            assert (await desks["alfa"].check(STRANGER)).verdict == "none_known"


@dataclass(frozen=True)
class _Desk:
    stub: OperatorServiceAsyncStub
    bearer: Sequence[tuple[str, str]]

    async def check(self, code: str) -> pb.CheckResponse:
        """Put the consent on file and ask; return the last state."""
        consent = pb.AddConsentRequest(
            identifier=code, purposes=["aid_overlap"], notice_version="2025-1", language="it", method="signed"
        )
        await self.stub.AddConsent(consent, metadata=self.bearer)
        request = pb.CheckRequest(
            identifier=code, facet="rent_arrears", purpose="aid_overlap", months=6, creditor=CREDITOR
        )
        states = [state async for state in self.stub.Check(request, metadata=self.bearer, timeout=PATIENCE_S)]
        return states[-1]

    async def until_enrolled(self) -> None:
        awaiting = [1]

        async def look() -> None:
            awaiting[0] = (await self.stub.GetStatus(pb.GetStatusRequest(), metadata=self.bearer)).awaiting

        while awaiting[0]:
            await look()


@asynccontextmanager
async def _desk(booty: Booty, site: Site) -> AsyncIterator[_Desk]:
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        stub = OperatorServiceStub(channel)
        session = await stub.LoginOperator(pb.LoginOperatorRequest(user="anna", password=PASSWORD))
        booty.tokens.append(session.token)
        yield _Desk(stub, (("authorization", f"Bearer {session.token}"),))


class _Listening(logging.Handler):
    """Keeps whatever any process would have written to its log, down to the smallest."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def _recorded() -> Iterator[tuple[list[tuple[str, Any]], list[str]]]:
    """Record every message at the registry, and every line logged by anybody."""
    messages: list[tuple[str, Any]] = []
    lines: list[str] = []
    root, handler = logging.getLogger(), _Listening(lines)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry_app, "Chain", _recording(messages))
        try:
            yield messages, lines
        finally:
            root.removeHandler(handler)
            root.setLevel(before)


def _recording(messages: list[tuple[str, Any]]) -> type[Chain]:
    class Recording(Chain):
        """The chain, which also keeps what passes it."""

        def _wrap(self, handler: Any, method: str) -> grpc.RpcMethodHandler[Any, Any]:
            def kept(message: Any) -> Any:
                messages.append((method, message))
                return message

            return super()._wrap(_Kept(handler, kept), method)

    return Recording


class _Kept:
    """A handler whose requests and responses are kept; the registry's methods take one request each."""

    def __init__(self, handler: Any, kept: Any) -> None:
        self.request_streaming = handler.request_streaming
        self.response_streaming = handler.response_streaming
        self.request_deserializer = handler.request_deserializer
        self.response_serializer = handler.response_serializer
        self._handler, self._kept = handler, kept

    async def unary_unary(self, request: Any, context: Context) -> Any:
        """Serve one call."""
        return self._kept(await self._handler.unary_unary(self._kept(request), context))

    async def unary_stream(self, request: Any, context: Context) -> AsyncIterator[Any]:
        """Serve one stream of responses."""
        async for response in self._handler.unary_stream(self._kept(request), context):
            yield self._kept(response)
