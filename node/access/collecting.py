"""Asking the bodies of one access request, each once at a time, and keeping what each tells as it tells it."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace

from maglia.core.access import Access, AccessRequest, LogReading
from maglia.core.directory import Directory
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import sha256
from maglia.core.vocabulary import Purpose, Silence
from maglia.wire.access import encode_access_request, open_stored_approval
from maglia.wire.chain import place_of
from node.access.disclosing import Disclosing
from node.domain.access_case import AccessCase, Part, PartState, case_name, needs_asking
from node.domain.model import Operator
from node.entries import Entries
from node.ports import AccessPeers, Clock, RefusedError, SilentError, Store, Trust, utc_day
from node.pulse import Pulse

_log = logging.getLogger(__name__)
_AT_ONCE = 8
"""Bodies asked at the same time: each reads its whole log."""
_SILENT: dict[str, Silence] = {
    Code.DIRECTORY_EXPIRED: Silence.METADATA_EXPIRED,
    Code.MEMBER_INACTIVE: Silence.SUSPENDED_HERE,
    Code.MEMBER_CARD: Silence.CARD_EXPIRED,
    Code.VERSION_UNSUPPORTED: Silence.VERSION,
}


class Collecting:
    """Asks for one body; `pulse` tells of every part kept, and of every end."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        trust: Trust,
        peers: AccessPeers,
        disclosing: Disclosing,
        clock: Clock,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._trust = trust
        self._peers = peers
        self._disclosing = disclosing
        self._clock = clock
        self._running: dict[int, asyncio.Task[None]] = {}
        self._starting = asyncio.Lock()
        self.pulse = Pulse()

    def is_running(self, number: int) -> bool:
        """Return whether the bodies of a request are being asked."""
        return number in self._running

    async def start(self, operator: Operator, case: AccessCase) -> None:
        """Ask every body that has not told, unless they are being asked; every entry is durable before any is asked.

        The asking goes on by itself. Raises `log.*`, `directory.expired`.
        """
        async with self._starting:
            if case.number not in self._running:
                await self._start(operator, case)

    async def _start(self, operator: Operator, case: AccessCase) -> None:
        asked = [part for part in case.parts if needs_asking(case, part)]
        directory = self._trust.directory()
        payloads = [encode_access_request(case.requests[part.member]) for part in asked]
        entries = [
            self._entry(operator, case, part.member, directory, payload)
            for part, payload in zip(asked, payloads, strict=True)
        ]
        if entries:
            await self._entries.write_all(entries)
        work = self._ask_all(case, list(zip(asked, payloads, strict=True)), directory)
        self._running[case.number] = task = asyncio.create_task(work, name="access report")
        task.add_done_callback(lambda _: self._ended(case.number))

    def stop(self, number: int) -> None:
        """Ask nobody any more about one request."""
        if (running := self._running.get(number)) is not None:
            running.cancel()

    async def close(self) -> None:
        """Ask nobody any more."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, number: int) -> None:
        del self._running[number]
        self.pulse.tell()

    async def _ask_all(self, case: AccessCase, asked: Sequence[tuple[Part, bytes]], directory: Directory) -> None:
        places = asyncio.Semaphore(_AT_ONCE)

        async def ask(part: Part, payload: bytes) -> None:
            async with places:
                told = await self._part(case, part, payload, directory)
            self._store.keep_access_part(case.number, told)
            self.pulse.tell()

        order = secrets.SystemRandom().sample(asked, len(asked))
        done = await asyncio.gather(*(ask(*each) for each in order), return_exceptions=True)
        for failure in done:
            if isinstance(failure, BaseException):  # a part that was not stored is asked again
                _log.warning("not kept: %s at %s", type(failure).__name__, place_of(failure))

    async def _part(self, case: AccessCase, before: Part, payload: bytes, directory: Directory) -> Part:
        """Return what a body tells now; what it told before stays when it is silent this time, with why."""
        try:
            accesses, reading = await self._told(case, before.member, payload, directory)
            return Part(before.member, PartState.TOLD, "", self._entries.now_ms(), tuple(accesses), reading)
        except SilentError as error:
            state, code = PartState.SILENT, error.reason.value
        except (RefusedError, MagliaError) as error:
            reason = _SILENT.get(error.code)
            state, code = (PartState.SILENT, reason.value) if reason else (PartState.REFUSED, str(error.code))
        except Exception as error:
            # Whatever it was, the body must read as silent; a message could name a person.
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            state, code = PartState.REFUSED, Code.NETWORK_ANSWER.value
        if before.state is PartState.TOLD:
            return replace(before, code=code)
        return replace(before, state=state, code=code, time_ms=self._entries.now_ms())

    async def _told(
        self, case: AccessCase, member: str, payload: bytes, directory: Directory
    ) -> tuple[list[Access], LogReading]:
        approval = self._approval(case, member, directory)
        if member == self._me:
            return await self._told_here(case, directory, named=bool(approval))
        if (away := self._trust.card_state(member)) is not None:
            raise SilentError(away)
        accesses, reading = await self._peers.find(member, payload, approval)
        if approval and reading.named:
            return accesses, reading
        # Names that nobody approved are not held here, whoever sends them.
        return [replace(one, operator="") for one in accesses], replace(reading, named=False)

    async def _told_here(
        self, case: AccessCase, directory: Directory, *, named: bool
    ) -> tuple[list[Access], LogReading]:
        request: AccessRequest = case.requests[self._me]
        ruling = await self._disclosing.judge(directory.member(self._me), request, named=named)
        own = {one.request_id for one in case.requests.values()}
        found: list[Access] = []
        reading = LogReading()
        async for step in self._disclosing.read(request, ruling, own, named=named):
            found += step.accesses
            reading = step.reading
        return found, reading

    def _approval(self, case: AccessCase, member: str, directory: Directory) -> bytes:
        """Return the approval for one body's names while it holds, else nothing.

        It was verified when it was put on file; what is on file may have been altered, and the officer may have left.
        """
        request = case.requests[member]
        if not (envelope := case.names.envelopes.get(member, b"") if case.names else b""):
            return b""
        try:
            found = open_stored_approval(envelope, request.network, directory, utc_day(self._clock))
        except MagliaError:
            return b""
        return envelope if found.is_of(request) else b""

    def _entry(self, operator: Operator, case: AccessCase, member: str, directory: Directory, payload: bytes) -> Entry:
        """Return the entry that is durable before a body is asked; the person is in it under this body's own keys."""
        month, sealed = self._entries.seal([pseudonym for _, pseudonym in case.requests[self._me].persons])
        request = case.requests[member]
        return Entry(
            kind=EntryKind.ACCESS_REPORT,
            time_ms=self._entries.now_ms(),
            peer=member,
            question_id=request.request_id,
            purpose=Purpose.ACCESS_REPORT,
            operator=operator.user,
            question_hash=sha256(payload),
            outcome="asked",
            directory_version=directory.version,
            count=len(request.persons),
            key_month=month,
            sealed=sealed,
            check_id=case_name(case.number),
        )
