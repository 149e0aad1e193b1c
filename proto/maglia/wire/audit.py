"""Reading a log as an auditor: the signed request, and the pages that answer it. The same at nodes and registry."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.directory import Official
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.v1.audit_pb2 import AuditReading, ReadLogResponse
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.envelope import parse, seal, unseal

READING = "audit-reading"
_NONCE_BYTES = 16
_AT_ONCE = 256
"""Entries fetched from storage at a time."""
_PAGE_BYTES = 128 * 1024
"""Of leaves in one message: half of the largest message, so that one large entry more still fits."""
_HASHES = 2048
"""Leaf hashes of archived entries in one message."""


class ReadableLog(Protocol):
    """A log as it is read; methods may be called from any thread."""

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        ...

    @property
    def first(self) -> int:
        """Return the first entry that is there; of those before it, the hashes are."""
        ...

    def read(self, start: int, count: int) -> Sequence[bytes]:
        """Return up to `count` entries from index `start` on."""
        ...

    def leaf_hashes(self, start: int, count: int) -> bytes:
        """Return the leaf hashes of up to `count` entries from index `start` on, joined."""
        ...


@dataclass(frozen=True)
class Reading:
    """What an auditor asked and signed; `evidence` is the signed request itself, to be logged."""

    auditor: str
    start: int
    evidence: bytes


def seal_reading(network: str, auditor: str, member: str, start: int, time_ms: int, key: SigningKey) -> Envelope:
    """Return the request to read `member`'s log from entry `start` on, as the auditor signs it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    message = AuditReading(network=network, auditor=auditor, member=member, start=start, nonce=nonce, time_ms=time_ms)
    return seal(READING, network, message.SerializeToString(), key)


def open_reading(envelope: Envelope, network: str, auditor: Official, member: str, size: int) -> Reading:
    """Return what the caller signed, once it is for this log of `size` entries and by the caller's own key.

    Raises `member.signature`, `input.malformed`, or `input.field` for another network, auditor or log, for a nonce that
    is not 16 bytes, or for a start beyond the end.
    """
    payload = unseal(envelope, READING, network, auditor.identity_key)
    message = parse(AuditReading, payload)
    said = {"network": message.network, "auditor": message.auditor, "member": message.member}
    for field, right in {"network": network, "auditor": auditor.id, "member": member}.items():
        if said[field] != right:
            raise MagliaError(Code.INPUT_FIELD, field=field)
    if len(message.nonce) != _NONCE_BYTES:
        raise MagliaError(Code.INPUT_FIELD, field="nonce")
    if message.start > size:
        raise MagliaError(Code.INPUT_FIELD, field="start", cause=f"entry {message.start} of {size}")
    return Reading(auditor.id, message.start, envelope.SerializeToString())


async def pages(
    log: ReadableLog, start: int, end: int, check: Callable[[], object]
) -> AsyncGenerator[ReadLogResponse, None]:
    """Yield the entries of [start, end): hashes of those that were archived, then leaves.

    `check` raises when the caller may read no longer; it is asked before each page leaves. Storage is read in a thread,
    so that whoever else is served does not wait for a long log.
    """
    while start < end:
        first = await asyncio.to_thread(lambda: log.first)
        if start < first:
            count = min(_HASHES, first - start, end - start)
            made = [ReadLogResponse(start=start, hashes=await asyncio.to_thread(log.leaf_hashes, start, count))]
        else:
            count = min(_AT_ONCE, end - start)
            made = list(_packed(start, await asyncio.to_thread(log.read, start, count)))
        for page in made:
            check()
            yield page
        if not made:
            raise MagliaError(Code.LOG_BROKEN, cause="an entry is missing", entry=start)
        start += count


def _packed(start: int, leaves: Sequence[bytes]) -> Iterator[ReadLogResponse]:
    """Divide leaves into messages that are not too large; a leaf that is large by itself travels alone."""
    page: list[bytes] = []
    size = 0
    for index, leaf in enumerate(leaves, start):
        if page and size + len(leaf) > _PAGE_BYTES:
            yield ReadLogResponse(start=index - len(page), leaves=page)
            page, size = [], 0
        page.append(leaf)
        size += len(leaf)
    if page:
        yield ReadLogResponse(start=start + len(leaves) - len(page), leaves=page)
