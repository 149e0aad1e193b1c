"""Rulings remembered by canonical input and revision.

A policy input holds classes, not persons, and says what consent was read for this very question: the same input under
the same bundle has the same ruling. Failures are never remembered.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping

from node.ports import Policy, Ruling

DEFAULT_SIZE = 4096
"""Rulings kept, the least used dropped first; about 2 KiB each."""


class CachedPolicy:
    """Fulfils `node.ports.Policy` over another engine."""

    def __init__(self, inner: Policy, size: int = DEFAULT_SIZE) -> None:
        self._inner = inner
        self._size = size
        self._known: OrderedDict[tuple[str, str, str], Ruling] = OrderedDict()

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return self._inner.engine

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._inner.revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Return the ruling remembered, else the engine's; raises `MagliaError` as the engine does."""
        key = (decision, canonical(document), self._inner.revision)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        ruling = await self._inner.decide(decision, document)
        if ruling.revision == key[2]:
            self._known[key] = ruling
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        return ruling

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch the engine to another bundle and forget every ruling."""
        await self._inner.replace(bundle, revision)
        self._known.clear()

    async def close(self) -> None:
        """Stop the engine."""
        self._known.clear()
        await self._inner.close()


def canonical(document: Mapping[str, object]) -> str:
    """Return one text for equal inputs, whatever the order of their keys."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
