"""Who has dialled out to a relay, and the callers that wait for them. Nothing here is kept on disk."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from maglia.core.errors import Code, MagliaError
from maglia.wire.relay import TICKET_BYTES
from registry.relay_limits import Pace

CheckMember = Callable[[str], object]
"""Raises `MagliaError` when a member may not be attended for now."""


@dataclass
class Tally:
    """What was carried for one member since the relay started: numbers alone, no caller and no time."""

    carried: int = 0
    refused: int = 0
    bytes_to_node: int = 0
    bytes_to_callers: int = 0


@dataclass(eq=False)
class Caller:
    """A caller's connection, from its first bytes on; `taken` is set once the node's stream for it is there."""

    member: str
    hello: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """End the connection at once, whatever is still under way on it."""
        self.writer.transport.abort()
        self.done.set()


@dataclass(eq=False)
class Attendance:
    """A node's open word that it takes callers. `news` holds tickets, and last why the attendance ended."""

    member: str
    since: float
    news: asyncio.Queue[bytes | MagliaError] = field(default_factory=asyncio.Queue)
    heard_at: float = field(default_factory=time.monotonic)

    def heard(self) -> None:
        """Note that the node just said that it is there."""
        self.heard_at = time.monotonic()

    def silent_s(self) -> float:
        """Return for how long the node has said nothing."""
        return time.monotonic() - self.heard_at


class Attendances:
    """The one attendance of each member, and the callers that wait for it or are carried."""

    def __init__(self, check_member: CheckMember, bytes_a_second: int, pickup_s: float) -> None:
        self._check_member = check_member
        self._bytes_a_second = bytes_a_second
        self._pickup_s = pickup_s
        self._open: dict[str, Attendance] = {}
        self._waiting: dict[bytes, Caller] = {}
        self._callers: dict[str, set[Caller]] = {}
        self._paces: dict[str, Pace] = {}
        self.tallies: dict[str, Tally] = {}

    def attending(self) -> list[Attendance]:
        """Return every open attendance, by member."""
        return [found for _, found in sorted(self._open.items())]

    def is_attended(self, member: str) -> bool:
        """Return whether a member's node is there."""
        return member in self._open

    def open(self, member: str) -> Attendance:
        """Attend for a member from now on, in place of an earlier attendance: its node lost that one and came back."""
        former = self._open.get(member)
        if former is not None:
            former.news.put_nowait(MagliaError(Code.NETWORK_RELAY, cause="attended anew"))
        self._open[member] = fresh = Attendance(member, time.time())
        return fresh

    def close(self, attendance: Attendance) -> None:
        """Attend no longer; an attendance that was replaced changes nothing."""
        if self._open.get(attendance.member) is attendance:
            del self._open[attendance.member]

    async def send(self, caller: Caller) -> None:
        """Let the node of its member take a caller; return when its connection has ended, or nobody took it."""
        attendance = self._open.get(caller.member)
        if attendance is None:
            self.tally(caller.member).refused += 1
            return
        ticket = secrets.token_bytes(TICKET_BYTES)
        self._waiting[ticket] = caller
        callers = self._callers.setdefault(caller.member, set())
        callers.add(caller)
        try:
            attendance.news.put_nowait(ticket)
            async with asyncio.timeout(self._pickup_s):
                await caller.taken.wait()
            await caller.done.wait()
        except TimeoutError:
            self.tally(caller.member).refused += 1
        finally:
            self._waiting.pop(ticket, None)
            callers.discard(caller)

    def take(self, ticket: bytes) -> Caller:
        """Return who waits under a ticket, which is good once. Only the member's node was told it.

        Raises `network.ticket` when nobody waits under it, or what ended the member's right to be attended for.
        """
        caller = self._waiting.pop(ticket, None)
        if caller is None or caller.done.is_set():
            raise MagliaError(Code.NETWORK_TICKET)
        self._check_member(caller.member)
        caller.taken.set()
        self.tally(caller.member).carried += 1
        return caller

    def pace(self, member: str) -> Pace:
        """Return how fast bytes of a member are carried, all of its connections together."""
        return self._paces.setdefault(member, Pace(self._bytes_a_second))

    def tally(self, member: str) -> Tally:
        """Return a member's numbers."""
        return self.tallies.setdefault(member, Tally())

    def review(self) -> None:
        """End at once what is open for every member that may no longer be attended for."""
        for member in {*self._open, *(name for name, callers in self._callers.items() if callers)}:
            try:
                self._check_member(member)
            except MagliaError as error:
                if (attendance := self._open.pop(member, None)) is not None:
                    attendance.news.put_nowait(error)
                for caller in list(self._callers.get(member, ())):
                    caller.cut()
