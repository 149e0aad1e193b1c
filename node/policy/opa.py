"""The reference engine: an OPA server, the node's own child or one given by address and token."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from maglia.core.bundle import open_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import DECISIONS, check_decision, unavailable
from node.policy.child import OpaChild
from node.policy.ruling import to_ruling
from node.ports import Ruling

if TYPE_CHECKING:
    from opa_client import AsyncOpaClient

TIMEOUT_S = 2.0
"""Longest wait for one decision; a slower engine has not decided."""
SWITCH_S = 10.0
"""Longest wait for a new revision to answer."""
HANGS = 3
"""Decisions in a row without an answer after which a child is killed, to be started again."""


class OpaPolicy:
    """Fulfils `node.ports.Policy` through `opa-python-client`. Made by `start` or `attach`."""

    def __init__(self, revision: str, *, child: OpaChild | None = None, client: AsyncOpaClient | None = None) -> None:
        self._revision = revision
        self._switch = asyncio.Lock()
        self._child = child
        self._client = client
        self._hangs = 0

    @classmethod
    async def start(cls, binary: Path, directory: Path, bundle: bytes, revision: str) -> Self:
        """Start `binary` as a child with its files in `directory` (private to the node, made if missing).

        Raises `MagliaError`: a bundle that is not of `revision` (`input.malformed`), a server that does not answer
        with it (`policy.unavailable`).
        """
        open_bundle(bundle, revision)
        child = OpaChild(binary, directory)
        await child.start(bundle)
        return await cls(revision, child=child)._proved()

    @classmethod
    async def attach(cls, host: str, port: int, token: str, revision: str) -> Self:
        """Use a server that someone else runs and keeps on the published bundle.

        Raises `MagliaError` (`policy.unavailable`) unless it answers with `revision` within `SWITCH_S`.
        """
        from opa_client import AsyncOpaClient  # noqa: PLC0415 - 190 ms that only this engine spends

        client = AsyncOpaClient(host=host, port=port, token=token, retries=0, timeout=TIMEOUT_S)
        await client.__aenter__()
        return await cls(revision, client=client)._proved()

    async def _proved(self) -> Self:
        try:
            await self._switched(self._revision)
        except BaseException:
            await self.close()
            raise
        return self

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return "opa"

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._revision

    @property
    def pid(self) -> int | None:
        """Return the process id of the child, None while none runs."""
        return self._child.pid if self._child else None

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Evaluate one of `DECISIONS`.

        Raises `MagliaError`: `policy.unavailable` without a ruling in `TIMEOUT_S`, `policy.stale` for a ruling of
        another revision than the one in use.
        """
        ruling = await self._query(check_decision(decision), document)
        if ruling.revision != self._revision and self._switch.locked():
            await self._settled()
            ruling = await self._query(decision, document)
        if ruling.revision != self._revision:
            raise MagliaError(Code.POLICY_STALE, cause=f"OPA holds {ruling.revision}, not {self._revision}")
        return ruling

    async def _settled(self) -> None:
        """Wait for the end of a replacement: a bundle on trial decides nothing."""
        try:
            async with asyncio.timeout(TIMEOUT_S), self._switch:
                return
        except TimeoutError as error:
            raise unavailable("OPA: bundle on trial") from error

    async def _query(self, decision: str, document: Mapping[str, object]) -> Ruling:
        client = self._child.client if self._child else self._client
        if client is None:
            raise unavailable("OPA is not running")
        try:
            async with asyncio.timeout(TIMEOUT_S):
                answer = await client.query_rule(dict(document), f"maglia.{decision}", "decision")
        except TimeoutError as error:
            self._hung()
            raise unavailable("OPA: no answer in time") from error
        except Exception as error:
            raise unavailable(f"OPA: {type(error).__name__}") from error
        self._hangs = 0
        self._check_files()
        return to_ruling(answer.get("result") if isinstance(answer, dict) else None)

    def _check_files(self) -> None:
        """Refuse an answer from files that somebody edited; the child starts again with those that officers signed."""
        if self._child is not None and not self._child.is_as_put():
            self._child.kill()
            raise unavailable("the files that OPA reads were edited")

    def _hung(self) -> None:
        self._hangs += 1
        if self._child is not None and self._hangs >= HANGS:
            self._hangs = 0
            self._child.kill()

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Rename `bundle` into place and wait until its revision answers; a given server must switch by itself.

        Raises `MagliaError`: `input.malformed` for a bundle that is not of `revision`; `policy.unavailable` when it
        does not answer within `SWITCH_S`, the old one being put back.
        """
        open_bundle(bundle, revision)
        async with self._switch:
            previous = self._child.current() if self._child else b""
            try:
                if self._child:
                    self._child.put(bundle)
                await self._switched(revision)
            except BaseException:
                if self._child:
                    self._child.put(previous)
                    await self._switched(self._revision)
                raise
            self._revision = revision

    async def _switched(self, revision: str) -> None:
        until = asyncio.get_running_loop().time() + SWITCH_S
        while not await self._answers(revision):
            if asyncio.get_running_loop().time() > until:
                raise unavailable(f"OPA does not answer with revision {revision}")
            await asyncio.sleep(0.02)

    async def _answers(self, revision: str) -> bool:
        """Return whether every decision comes from `revision`, and deny a question that says nothing."""
        try:
            rulings = [await self._query(decision, {}) for decision in DECISIONS]
        except MagliaError:
            return False
        return all(ruling.revision == revision and not ruling.allow for ruling in rulings)

    async def close(self) -> None:
        """Stop the child, or leave the given server alone."""
        if self._child is not None:
            await self._child.stop()
        if self._client is not None:
            await self._client.close_connection()
            self._client = None
