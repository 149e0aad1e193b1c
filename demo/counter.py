"""What the demo itself asks of nodes, through their operators' door: readiness, and the papers of cases."""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import grpc

from demo.nodes import Site
from demo.planted import Planted
from maglia.core.errors import Code, MagliaError
from maglia.v1.operator_pb2 import AddCaseRequest, AddConsentRequest, GetStatusRequest, LoginOperatorRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel, quiet_grpc
from maglia.wire.status import error_of

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub  # exists for type checkers alone

READY_S = 180.0
"""Longest wait for all nodes to have pseudonyms for all their records."""

_CALL_S = 20.0
_POLL_S = 0.5


@dataclass(frozen=True)
class Desk:
    """A logged-in operator at one node."""

    node: OperatorServiceAsyncStub
    metadata: tuple[tuple[str, str], ...]


@asynccontextmanager
async def open_desk(site: Site, user: str, network: str) -> AsyncIterator[Desk]:
    """Log an operator in; the channel is closed at the end. Raises the node's refusal as `MagliaError`."""
    profile = tomllib.loads(site.profile.read_text("utf-8"))
    root = site.profile.parent.joinpath(profile["ca_file"]).read_bytes()
    password = next(operator.password for operator in site.body.operators if operator.user == user)
    async with open_channel(site.front, site.body.member_id, network, root) as channel:
        node: OperatorServiceAsyncStub = OperatorServiceStub(channel)
        try:
            reply = await node.LoginOperator(LoginOperatorRequest(user=user, password=password), timeout=_CALL_S)
            yield Desk(node, (("authorization", f"Bearer {reply.token}"),))
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error


def wait_ready(sites: Iterable[Site], network: str) -> None:
    """Wait until every node knows all members and has a pseudonym for every record; raises `network.deadline`."""
    quiet_grpc()
    everyone = list(sites)
    asyncio.run(_all_ready(everyone, network))


async def _all_ready(sites: list[Site], network: str) -> None:
    await asyncio.gather(*(_ready(site, network, len(sites)) for site in sites))


async def _ready(site: Site, network: str, members: int) -> None:
    until = time.monotonic() + READY_S
    async with open_desk(site, site.body.operators[0].user, network) as desk:
        while time.monotonic() < until:
            state = await desk.node.GetStatus(GetStatusRequest(), metadata=desk.metadata, timeout=_CALL_S)
            if state.ready and state.awaiting == 0 and state.members_active == members:
                return
            await asyncio.sleep(_POLL_S)
    raise MagliaError(Code.NETWORK_DEADLINE, cause=f"{site.name} is not ready after {READY_S} s")


def file_papers(sites: Iterable[Site], cases: Iterable[Planted], network: str, today: date) -> None:
    """Put on file what the planted cases have: a consent, or the protocol of a case."""
    quiet_grpc()
    asyncio.run(_file_all({site.name: site for site in sites}, list(cases), network, today))


async def _file_all(sites: dict[str, Site], cases: list[Planted], network: str, today: date) -> None:
    askers = dict.fromkeys((case.asker, case.user) for case in cases if case.consent or case.case)
    for asker, user in askers:
        async with open_desk(sites[asker], user, network) as desk:
            for case in cases:
                if (case.asker, case.user) == (asker, user):
                    await _file(desk, case, today)


async def _file(desk: Desk, case: Planted, today: date) -> None:
    if case.consent:
        consent = AddConsentRequest(
            identifier=case.identifier.text,
            purposes=[case.purpose.value],
            notice_version=f"{today.year}-1",
            language="it",
            date=today.isoformat(),
            method="signed",
        )
        await desk.node.AddConsent(consent, metadata=desk.metadata, timeout=_CALL_S)
    if case.case:
        protocol = AddCaseRequest(identifier=case.identifier.text, purpose=case.purpose.value, protocol=case.case)
        await desk.node.AddCase(protocol, metadata=desk.metadata, timeout=_CALL_S)
