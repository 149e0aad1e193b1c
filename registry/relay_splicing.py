"""A relay's port for callers: whom they name, whether there is room, and their bytes carried as they are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from maglia.wire.clients import Quota, client_of
from maglia.wire.relay import CHUNK_BYTES
from registry.relay_attending import Attendances, Caller
from registry.relay_config import Settings
from registry.relay_hello import HelloReader, NotTlsError, member_in
from registry.relay_limits import Places, TooManyError

_log = logging.getLogger(__name__)


@dataclass
class Strangers:
    """How many connections named nobody, since the relay started, by what was wrong with them."""

    unnamed: int = 0
    slow: int = 0
    unknown: int = 0
    full: int = 0


class PublicDoor:
    """Takes callers' connections. Whoever can't be carried is closed on without a word: TLS knows none before it."""

    def __init__(self, settings: Settings, attendances: Attendances) -> None:
        self._settings = settings
        self._attendances = attendances
        self._addresses = Places(settings.connections, settings.address_connections)
        self._members = Places(settings.connections, settings.member_connections)
        self._shares = Places(settings.connections, settings.member_connections // 2)
        self._openings = Quota(settings.member_openings, 1.0)
        self._share_openings = Quota(settings.member_openings // 2, 1.0)
        self.strangers = Strangers()

    def connections(self, member: str = "") -> int:
        """Return how many connections are open now, of all or of one member."""
        return self._members.of(member) if member else self._members.taken

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        address = _address(writer)
        try:
            with self._addresses.one(address):
                await self._carry(address, reader, writer)
        except TooManyError:
            self.strangers.full += 1
        except OSError as error:
            _log.debug("a caller's connection ended: %s", type(error).__name__)
        finally:
            writer.transport.abort()

    async def _carry(self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._settings.hello_s):
                name, hello = await _read_hello(reader)
        except TimeoutError:
            self.strangers.slow += 1
            return
        except NotTlsError:
            self.strangers.unnamed += 1
            return
        member = member_in(name, self._settings.network)
        if member is None or not self._attendances.is_attended(member):
            self.strangers.unknown += 1
            return
        share = f"{address} {member}"  # from one address half: nobody may shut a member off from everybody else
        if self._share_openings.wait(share) or self._openings.wait(member):
            self._attendances.tally(member).refused += 1
            return
        try:
            with self._shares.one(share), self._members.one(member):
                await self._attendances.send(Caller(member, hello, reader, writer))
        except TooManyError:
            self._attendances.tally(member).refused += 1


def _address(writer: asyncio.StreamWriter) -> str:
    """Return the network address of a caller as limits count it; empty for one that is gone already."""
    host, port = (writer.get_extra_info("peername") or ("", 0))[:2]
    return client_of(f"ipv6:[{host}]:{port}" if ":" in host else f"ipv4:{host}:{port}")


async def _read_hello(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Return the server name, and everything read so far; raise `NotTlsError`."""
    hello, read = HelloReader(), bytearray()
    while True:
        content = await reader.read(CHUNK_BYTES)
        if not content:
            raise NotTlsError
        read += content
        if (name := hello.feed(content)) is not None:
            return name, bytes(read)


async def exchange(
    caller: Caller, from_node: AsyncIterator[bytes], attendances: Attendances, idle_s: float
) -> AsyncIterator[bytes]:
    """Yield what a caller sends, and send it what comes from the node, until either side ends."""
    pace, tally = attendances.pace(caller.member), attendances.tally(caller.member)

    async def to_caller() -> None:
        try:
            async for chunk in from_node:
                caller.writer.write(chunk)
                async with asyncio.timeout(idle_s):
                    await caller.writer.drain()
                tally.bytes_to_callers += len(chunk)
                await asyncio.sleep(pace.spend(len(chunk)))
        finally:
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(1.0):  # what the node said last may still arrive
                    caller.writer.close()
                    await caller.writer.wait_closed()
            caller.writer.transport.abort()

    task = asyncio.create_task(to_caller(), name=f"to a caller of {caller.member}")
    try:
        chunk = caller.hello
        while chunk:
            tally.bytes_to_node += len(chunk)
            yield chunk
            await asyncio.sleep(pace.spend(len(chunk)))
            async with asyncio.timeout(idle_s):
                chunk = await caller.reader.read(CHUNK_BYTES)
    except (TimeoutError, OSError):
        pass  # silent for too long, or cut: an end like any other
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        caller.cut()
