"""One reading of a log, page by page, held to what an honest log does: whoever sends the pages may lie.

A body that never ends its log, trickles it, or sends nothing must not hold up the reading of the others; one that says
of its entries that they were archived must not hide them so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import HASH_SIZE
from tui.audit.source import LogSource, Page


@dataclass(frozen=True)
class Pace:
    """How long one reading may take: `grace_s` and a second for every `rate` entries that came, at most `longest_s`.

    What came until then stays: the next pull goes on from there.
    """

    grace_s: float = 60.0
    rate: int = 200
    longest_s: float = 3_600.0

    def allowed_s(self, entries: int) -> float:
        """Return how many seconds may have passed once so many entries came."""
        return min(self.grace_s + entries / self.rate, self.longest_s)


async def read_pages(
    source: LogSource, start: int, end: int, hashed: int, pace: Pace
) -> AsyncGenerator[tuple[int, Page], None]:
    """Yield the pages from entry `start` up to `end`, each with its number of entries, and stop there.

    Only entries before `hashed` may come as hashes alone. Raises `log.broken` for a page that does not follow the one
    before, is empty, or has hashes where there may be none; `network.deadline` when entries come too slowly.
    """
    at, started = start, time.monotonic()
    async with aclosing(source.read(start)) as pages:
        while at < end:
            left = pace.allowed_s(at - start) - (time.monotonic() - started)
            page = await _next(pages, left)
            if page is None:
                return
            count = _count(page, at)
            if page.hashes and at + count > hashed:
                raise MagliaError(Code.LOG_BROKEN, cause="hashes of entries that were not archived", entry=at)
            count = min(count, end - at)
            yield count, Page(at, page.leaves[:count], page.hashes[: count * HASH_SIZE])
            at += count


async def _next(pages: AsyncGenerator[Page, None], left_s: float) -> Page | None:
    if left_s <= 0:  # a page that is there at once never meets the timeout below
        raise MagliaError(Code.NETWORK_DEADLINE)
    try:
        async with asyncio.timeout(left_s):
            return await anext(pages, None)
    except TimeoutError as late:
        raise MagliaError(Code.NETWORK_DEADLINE) from late


def _count(page: Page, at: int) -> int:
    """Return how many entries a page has; raise `log.broken` when it is not the page that comes at index `at`."""
    if page.start != at:
        raise MagliaError(Code.LOG_BROKEN, cause=f"entry {page.start} after {at}", entry=at)
    hashes, odd = divmod(len(page.hashes), HASH_SIZE)
    if odd or bool(hashes) == bool(page.leaves):
        raise MagliaError(Code.LOG_BROKEN, cause=f"{len(page.leaves)} leaves, {len(page.hashes)} bytes", entry=at)
    return hashes or len(page.leaves)
