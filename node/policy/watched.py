"""An engine that is watched: what keeps it from deciding is a problem of the node, told before a question meets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import unavailable
from node.policy.cached import CachedPolicy
from node.ports import Policy, Ruling

_log = logging.getLogger(__name__)
LOOK_S = 5.0
"""Between looks at an engine that nobody asks: until the next one, an engine that died may decide from memory."""


@dataclass(frozen=True)
class _Failure:
    """What could not be decided, and why. A document holds classes, not persons."""

    code: Code
    decision: str
    document: Mapping[str, object]


_SILENT = _Failure(Code.POLICY_UNAVAILABLE, "release", {})
"""A question that says nothing."""


class WatchedPolicy:
    """Fulfils `node.ports.Policy` over an engine, its rulings remembered, and says what is wrong with it."""

    def __init__(self, engine: Policy) -> None:
        self._inner = engine
        self._remembered = CachedPolicy(engine)
        self._failed: _Failure | None = None
        self._behind = False

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return self._inner.engine

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._inner.revision

    def problems(self) -> list[Code]:
        """Return why the last decision failed, and `policy.stale` while a newer bundle can't be put in use."""
        found = [self._failed.code] if self._failed else []
        return [*found, Code.POLICY_STALE] if self._behind and Code.POLICY_STALE not in found else found

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Return the ruling remembered, else the engine's; raises `MagliaError` as the engine does."""
        try:
            return await self._remembered.decide(decision, document)
        except MagliaError as error:
            self._note(_Failure(error.code, decision, document), error)
            raise

    def _note(self, failed: _Failure, error: MagliaError) -> None:
        if self._failed is None or self._failed.code is not failed.code:
            _log.warning("no decision: %s", error)
        self._failed = failed

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch the engine to another bundle and forget every ruling; raises `MagliaError` as the engine does."""
        try:
            await self._remembered.replace(bundle, revision)
        except MagliaError:
            self._behind = True
            raise
        self._behind = False
        if self._failed:
            await self.look()

    async def run(self) -> None:
        """Look at the engine until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S / 10 if self._failed else LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Ask the engine what it last failed at, else a question that says nothing, which it must deny.

        A failure ends when that very question has its ruling: an engine that decides other ones is not mended.
        """
        failed = self._failed or _SILENT
        try:
            ruling = await self._inner.decide(failed.decision, failed.document)
            if not failed.document and ruling.allow:
                raise unavailable("a question that says nothing is allowed")
        except MagliaError as error:
            self._remembered.forget()
            self._note(replace(failed, code=error.code), error)
            return
        if self._failed is failed:
            self._failed = None

    async def close(self) -> None:
        """Stop the engine."""
        await self._remembered.close()
