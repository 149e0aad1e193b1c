"""What tests of access reports share: requests, the data-protection officer, calls to a body that is served, a liar."""

# ruff: noqa: N802, ARG002 - the contract names the methods, and hands a context to each

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from maglia.core.access import Access, AccessRequest, LogReading, NamesApproval
from maglia.core.directory import Official
from maglia.core.exchange import sha256
from maglia.core.identity import SigningKey
from maglia.core.vocabulary import NetworkRole
from maglia.v1.report_pb2 import FindAccessesRequest, FindAccessesResponse
from maglia.v1.report_pb2_grpc import ReportServiceServicer
from maglia.wire.access import ACCESS_PAGE, NAMES_APPROVAL, encode_access_request, encode_approval, encode_page
from maglia.wire.chain import Context
from maglia.wire.envelope import seal
from node.network.reports import Limits, ReportCalls
from tests.peer_world import NETWORK, OTHER, PARISH, Body, MemoryTrust, pseudonym, tls

DPO_KEY = SigningKey(b"d" * 32)
DPO = Official("dora", "Dora Fittizia", NetworkRole.DPO, DPO_KEY.public, tls("dora").der, "PG/7", "2030-12-31")


def asked_of(number: int = 1, asker: Body = OTHER, addressee: Body = PARISH, **changes: object) -> AccessRequest:
    """Return a body's request about one person, with fields changed."""
    persons = ((1, pseudonym(number)),)
    made = AccessRequest(NETWORK, asker.id, addressee.id, bytes([9]) * 16, persons, True, bytes([8]) * 32)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields, by name


def approved(request: AccessRequest, *, key: SigningKey = DPO_KEY, **changes: object) -> bytes:
    """Return the officer's approval of a request, with fields changed, signed by a key."""
    approval = NamesApproval(
        request.network,
        DPO.id,
        request.asker,
        request.addressee,
        request.request_id,
        request.commitment,
        date(2025, 7, 1),
        "chiesto dalla persona",
    )
    changed = replace(approval, **changes)  # type: ignore[arg-type]  # fields, by name
    return seal(NAMES_APPROVAL, NETWORK, encode_approval(changed), key).SerializeToString()


@dataclass
class Asker:
    """A body that asks others who looked a person up."""

    trust: MemoryTrust
    body: Body = OTHER
    limits: Limits = field(default_factory=Limits)

    @property
    def calls(self) -> ReportCalls:
        return ReportCalls(NETWORK, self.body.key, lambda: tls(self.body.id), self.trust.peer, self.limits)

    async def ask(self, request: AccessRequest, approval: bytes = b"") -> tuple[list[Access], LogReading]:
        return await self.calls.find(request.addressee, encode_access_request(request), approval)


@dataclass
class Liar(ReportServiceServicer):
    """A body whose software is its own: it signs, and tells whatever `pages` gives, one page in each `every_s`."""

    body: Body
    pages: Callable[[], Iterator[tuple[tuple[Access, ...], LogReading | None]]]
    every_s: float = 0.0

    async def FindAccesses(self, request: FindAccessesRequest, context: Context) -> AsyncIterator[FindAccessesResponse]:
        """Stream the pages."""
        request_hash = sha256(request.request.payload)
        for number, (accesses, reading) in enumerate(self.pages(), 1):
            page = encode_page(request_hash, number, accesses, reading)
            yield FindAccessesResponse(page=seal(ACCESS_PAGE, NETWORK, page, self.body.key))
            await asyncio.sleep(self.every_s)
