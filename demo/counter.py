"""What the demo itself does at nodes through their operators' door: colleagues, readiness, the papers of cases."""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import grpc

from demo.bodies import Operator
from demo.nodes import Site
from demo.planted import Planted
from maglia.core.errors import Code, MagliaError
from maglia.v1.operator_pb2 import (
    AddCaseRequest,
    AddConsentRequest,
    AddOperatorRequest,
    GetStatusRequest,
    LoginOperatorRequest,
)
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel, quiet_grpc
from maglia.wire.status import error_of

if TYPE_CHECKING:
    from maglia.v1.operator_pb2_grpc import OperatorServiceAsyncStub  # exists for type checkers alone

READY_S = 180.0
"""Longest wait for all nodes to have pseudonyms for all their records."""

_NOTICE = "2026-1"
"""A notice that comes with the console."""
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


def settle(sites: Sequence[Site], cases: Iterable[Planted], network: str, today: date) -> None:
    """Let managers add their colleagues, wait until every node is ready, put the papers of planted cases on file.

    Ready is a node that knows all members and has a pseudonym for every record. Raises `network.deadline`, or what a
    node refuses.
    """
    quiet_grpc()
    asyncio.run(_settle_all(sites, list(cases), network, today))


async def _settle_all(sites: Sequence[Site], cases: list[Planted], network: str, today: date) -> None:
    await asyncio.gather(*(_settle(site, network, len(sites)) for site in sites))
    askers = dict.fromkeys((case.asker, case.user) for case in cases if case.consent or case.case)
    for asker, user in askers:
        site = next(site for site in sites if site.name == asker)
        async with open_desk(site, user, network) as desk:
            for case in cases:
                if (case.asker, case.user) == (asker, user):
                    await _file(desk, case, today)


async def _settle(site: Site, network: str, members: int) -> None:
    async with open_desk(site, site.manager.user, network) as desk:
        for operator in site.body.operators:
            if operator != site.manager:
                await _add(desk, operator)
        await _ready(desk, site, members)


async def _add(desk: Desk, operator: Operator) -> None:
    user, password, role = operator
    request = AddOperatorRequest(user=user, name=user.capitalize(), password=password, role=role.value)
    await desk.node.AddOperator(request, metadata=desk.metadata, timeout=_CALL_S)


async def _ready(desk: Desk, site: Site, members: int) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        state = await desk.node.GetStatus(GetStatusRequest(), metadata=desk.metadata, timeout=_CALL_S)
        if state.ready and state.awaiting == 0 and state.members_active == members:
            return
        await asyncio.sleep(_POLL_S)
    raise MagliaError(Code.NETWORK_DEADLINE, cause=f"{site.name} is not ready after {READY_S} s")


async def _file(desk: Desk, case: Planted, today: date) -> None:
    if case.consent:
        consent = AddConsentRequest(
            identifier=case.identifier.text,
            purposes=[case.purpose.value],
            notice_version=_NOTICE,
            language="it",
            date=today.isoformat(),
            method="signed",
        )
        await desk.node.AddConsent(consent, metadata=desk.metadata, timeout=_CALL_S)
    if case.case:
        protocol = AddCaseRequest(identifier=case.identifier.text, purpose=case.purpose.value, protocol=case.case)
        await desk.node.AddCase(protocol, metadata=desk.metadata, timeout=_CALL_S)
