"""The door where other bodies ask, for a person, who looked that person up here: translates, signs, and no more."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import cast

from maglia.core.access import PAGE_ACCESSES, Access, AccessRequest, LogReading
from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import sha256
from maglia.core.identity import SigningKey
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.report_pb2 import FindAccessesRequest, FindAccessesResponse
from maglia.v1.report_pb2_grpc import ReportServiceServicer
from maglia.wire.access import (
    ACCESS_PAGE,
    ACCESS_REQUEST,
    decode_access_request,
    encode_page,
    open_approval,
)
from maglia.wire.chain import Context, current_caller
from maglia.wire.envelope import seal, unseal
from node.access.disclosing import Disclosing
from node.ports import Clock, Trust, utc_day
from node.refusals import Refusals

_SIGN_OF_LIFE = 100
"""Pages of the log read without an access found, after which an empty page says that the search goes on."""


CALL_S = 1_800.0
"""Seconds after which the log is read no further for a call: whoever reads so slowly asks again."""


class ReportDoor(ReportServiceServicer):
    """One body's log, for those of whom it tells. Every page is signed: it is what the person is told."""

    def __init__(
        self,
        network: str,
        me: str,
        key: SigningKey,
        disclosing: Disclosing,
        find: Callable[[bytes], Member],
        trust: Trust,
        clock: Clock,
        refusals: Refusals,
        limit_s: float = CALL_S,
    ) -> None:
        self._network = network
        self._me = me
        self._key = key
        self._disclosing = disclosing
        self._find = find
        self._trust = trust
        self._clock = clock
        self._refusals = refusals
        self._limit_s = limit_s

    async def FindAccesses(self, request: FindAccessesRequest, context: Context) -> AsyncIterator[FindAccessesResponse]:
        """Stream the accesses; whoever stops being an active member meanwhile is told nothing more.

        Nor is anybody after the approval of the names ended, or once the call lasts too long: it ends.
        """
        caller = current_caller()
        asker, certificate = cast("Member", caller.principal), cast("bytes", caller.certificate)
        with self._refusals.counting(asker.id):
            payload = unseal(request.request, ACCESS_REQUEST, self._network, asker.identity_key)
            asked = self._read(payload, asker)
        approved = request.HasField("approval") and self._is_approved(request.approval, asked)
        until = time.monotonic() + self._limit_s
        async for page in self._pages(asker, asked, payload, named=approved):
            self._find(certificate)
            if approved and not self._is_approved(request.approval, asked):
                raise MagliaError(Code.POLICY_NAMES, cause="ended during the search")
            if time.monotonic() > until:
                raise MagliaError(Code.NETWORK_DEADLINE, cause="the whole call")
            yield self._signed(page)

    async def _pages(self, asker: Member, asked: AccessRequest, payload: bytes, *, named: bool) -> AsyncIterator[bytes]:
        """Yield each page once it is known, the last one with what was read of the log."""
        pages = _Pages(sha256(payload))
        async for step in self._disclosing.answer(asker, asked, payload, named=named):
            pages.add(step.accesses, step.reading)
            for page in pages.full():
                yield page
        for page in pages.rest():
            yield page

    def _read(self, payload: bytes, asker: Member) -> AccessRequest:
        asked = decode_access_request(payload)
        if (asked.network, asked.asker, asked.addressee) != (self._network, asker.id, self._me):
            raise MagliaError(Code.MEMBER_ADDRESSEE)
        return asked

    def _is_approved(self, approval: Envelope, asked: AccessRequest) -> bool:
        """An approval that does not hold names nobody; the accesses are told all the same."""
        try:
            found = open_approval(approval, self._network, self._trust.directory(), utc_day(self._clock))
        except MagliaError:
            return False
        return found.is_of(asked)

    def _signed(self, page: bytes) -> FindAccessesResponse:
        return FindAccessesResponse(page=seal(ACCESS_PAGE, self._network, page, self._key))


class _Pages:
    """Accesses on their way into pages."""

    def __init__(self, request_hash: bytes) -> None:
        self._request_hash = request_hash
        self._waiting: list[Access] = []
        self._reading = LogReading()
        self._number = 0
        self._steps = 0

    def add(self, accesses: Sequence[Access], reading: LogReading) -> None:
        self._waiting += accesses
        self._reading = reading
        self._steps += 1

    def full(self) -> Iterator[bytes]:
        """Yield the pages that are full, or an empty one as a sign of life."""
        while len(self._waiting) >= PAGE_ACCESSES:
            yield self._next(self._waiting[:PAGE_ACCESSES])
            del self._waiting[:PAGE_ACCESSES]
        if self._steps >= _SIGN_OF_LIFE:
            yield self._next([])

    def rest(self) -> Iterator[bytes]:
        """Yield the last page."""
        yield self._next(self._waiting, self._reading)

    def _next(self, accesses: Sequence[Access], reading: LogReading | None = None) -> bytes:
        self._number += 1
        self._steps = 0
        return encode_page(self._request_hash, self._number, tuple(accesses), reading)
