"""RelayService, for nodes that dial out: each proves who it is, hears of callers, and fetches them one by one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from maglia.core.directory import Member
from maglia.core.errors import Code, MagliaError
from maglia.v1.relay_pb2 import (
    AttendRequest,
    AttendResponse,
    CarryRequest,
    CarryResponse,
    RelayBeat,
    RelayCaller,
    RelayHello,
)
from maglia.v1.relay_pb2_grpc import RelayServiceServicer
from maglia.wire.chain import Caller as CallingNode
from maglia.wire.chain import Context, Rule, current_caller
from maglia.wire.clients import Quota
from maglia.wire.relay import CHALLENGE_BYTES, check_attendance, claimed_attendance
from registry.relay_attending import Attendance, Attendances
from registry.relay_config import Settings
from registry.relay_splicing import exchange

_M = TypeVar("_M")
_MINUTE_S = 60.0
_MISSING_BEATS = 3


def relay_rules() -> dict[str, Rule]:
    """Return the rules of the port that nodes dial out to: what is said on a stream proves who speaks."""

    def anybody(_caller: CallingNode) -> object:
        return None

    return {f"/maglia.v1.RelayService/{name}": anybody for name in ("Attend", "Carry")}


class RelayServicer(RelayServiceServicer):
    """Messages in, messages out. `certificate_hash` is SHA-256 over this relay's certificate (DER)."""

    def __init__(
        self,
        settings: Settings,
        certificate_hash: bytes,
        attendances: Attendances,
        member: Callable[[str], Member],
    ) -> None:
        self._settings = settings
        self._certificate_hash = certificate_hash
        self._attendances = attendances
        self._member = member
        self._quota = Quota(settings.attendances_a_minute, _MINUTE_S)

    async def Attend(self, requests: AsyncIterator[AttendRequest], _context: Context) -> AsyncIterator[AttendResponse]:
        """Admit a node, then tell it of callers until either side is silent."""
        if self._quota.wait(current_caller().client):
            raise MagliaError(Code.NETWORK_RELAY_BUSY)
        challenge, beat_s = secrets.token_bytes(CHALLENGE_BYTES), self._settings.beat_s
        yield AttendResponse(hello=RelayHello(challenge=challenge, beat_ms=int(beat_s * 1000)))
        attendance = self._attendances.open(await self._proved(requests, challenge))
        listening = asyncio.create_task(_listen(requests, attendance))
        try:
            yield AttendResponse(beat=RelayBeat())
            while not listening.done() and attendance.silent_s() < _MISSING_BEATS * beat_s:
                yield await _next(attendance, beat_s)
        finally:
            self._attendances.close(attendance)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def Carry(self, requests: AsyncIterator[CarryRequest], _context: Context) -> AsyncIterator[CarryResponse]:
        """Carry the caller whose ticket the node shows."""
        first = await self._first(requests)
        caller = self._attendances.take(first.ticket)
        async for chunk in exchange(caller, _chunks(requests), self._attendances, self._settings.idle_s):
            yield CarryResponse(chunk=chunk)

    async def _proved(self, requests: AsyncIterator[AttendRequest], challenge: bytes) -> str:
        """Return the active member whose identity key signed this challenge, for this relay."""
        envelope = (await self._first(requests)).attendance
        member = self._member(claimed_attendance(envelope))
        network, here = self._settings.network, self._certificate_hash
        check_attendance(envelope, network, member.id, here, challenge, member.identity_key)
        return member.id

    async def _first(self, requests: AsyncIterator[_M]) -> _M:
        try:
            async with asyncio.timeout(self._settings.hello_s):
                return await anext(requests)
        except (TimeoutError, StopAsyncIteration) as error:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="nothing was said") from error


async def _next(attendance: Attendance, beat_s: float) -> AttendResponse:
    """Return the next word to a node: a caller, or a beat; raise why the attendance ended."""
    try:
        async with asyncio.timeout(beat_s):
            news = await attendance.news.get()
    except TimeoutError:
        return AttendResponse(beat=RelayBeat())
    if isinstance(news, MagliaError):
        raise news
    return AttendResponse(caller=RelayCaller(ticket=news))


async def _listen(requests: AsyncIterator[AttendRequest], attendance: Attendance) -> None:
    async for _beat in requests:
        attendance.heard()


async def _chunks(requests: AsyncIterator[CarryRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        yield request.chunk
