"""Pseudonyms of persons and needs: blind, have evaluated, verify, finalize (design 5; step 5 of a check).

The work is arithmetic without I/O between awaits and runs in threads: libsodium releases the interpreter's lock.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Generic, TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, TypedInput
from maglia.core.lanes import Lanes
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import Blinded, KeySet, Part, blind_all, combine, finalize_all
from maglia.core.secret import Secret
from maglia.core.vocabulary import BULK_VERIFIED_SHARE, MAX_EVALUATION_BYTES, PSEUDONYM_CACHE_S
from node.ports import Clock, Evaluating, Evaluator, Store

_B = TypeVar("_B")
_chance = random.SystemRandom().random


def batch_size(key_set: KeySet) -> int:
    """Return how many inputs one evaluation takes at most: its answer holds an element of 32 bytes for each key."""
    return max(1, MAX_EVALUATION_BYTES // (32 * len(key_set.keys)))


@dataclass(frozen=True)
class _Blind(Secret):
    """Inputs, as they are and as they are sent."""

    inputs: Sequence[TypedInput] = field(repr=False)
    blinded: Sequence[Blinded] = field(repr=False)

    @property
    def elements(self) -> list[bytes]:
        return [each.element for each in self.blinded]


@dataclass(frozen=True)
class Found(Secret):
    """A person's or need's pseudonym for each member, and which evaluation just made them: none if they were kept."""

    of: dict[str, bytes] = field(repr=False)
    evaluation: bytes = b""


@dataclass(frozen=True)
class _Asked(Secret, Generic[_B]):
    """A batch that is being evaluated."""

    batch: _B = field(repr=False)
    blind: _Blind = field(repr=False)
    parts: asyncio.Task[list[Part]] = field(repr=False)


class Pseudonyms:
    """Makes pseudonyms with the registry's help, and keeps those of the body's own clients."""

    def __init__(self, evaluator: Evaluator, store: Store, clock: Clock, lanes: Lanes | None = None) -> None:
        self._evaluator = evaluator
        self._store = store
        self._clock = clock
        self._lanes = lanes or Lanes()

    async def of_subject(
        self,
        identifier: Identifier,
        key_set: KeySet,
        called: Procedure | None = None,
        *,
        check_id: str = "",
        purpose: str = "",
        facet: str = "",
        report: bool = False,
    ) -> Found:
        """Return one person's or need's pseudonym for each member of a key set; always verified.

        The log's entry of the evaluation, if there is one, names the check, its purpose and facet. For a `report` the
        key set may be of an epoch that is over.

        Under a procedure they are kept until its last day, whoever it is: the registry can't tell a repeated element,
        so asking for one again would cost its cap twice.
        """
        known, evaluation = self._store.cached_pseudonyms(identifier, key_set.digest, self._clock.now()), b""
        if known is None:
            wanted = Evaluating(False, called.id if called else "", check_id, purpose, facet, report)
            [known] = await self.of_inputs([identifier.pseudonym_input()], key_set, wanted)
            evaluation = wanted.id
            expires = end_of(called) if called else self._clock.now() + PSEUDONYM_CACHE_S
            self._store.cache_pseudonyms(identifier, key_set.digest, known, expires, anybody=called is not None)
        if len(known) != len(key_set.keys):
            raise MagliaError(Code.PSEUDONYM_BATCH)
        return Found(dict(zip(key_set.members, known, strict=True)), evaluation)

    async def of_inputs(self, inputs: Sequence[TypedInput], key_set: KeySet, wanted: Evaluating) -> list[list[bytes]]:
        """Return the pseudonyms of typed inputs, one row for each, in the key set's order; always verified.

        Raises `pseudonym.*` for an evaluation that isn't right, `budget.member`, `budget.procedure`,
        `network.unreachable`.
        """
        blind = await self._blind(inputs)
        parts = await self._evaluator.evaluate(key_set, blind.elements, wanted)
        return await self._finish(blind, key_set, parts, verify=True)

    async def of_batches(
        self,
        batches: Iterable[tuple[_B, Sequence[TypedInput]]],
        key_set: KeySet,
        *,
        enrolment: bool,
        procedure: str = "",
        check_id: str = "",
        purpose: str = "",
        facet: str = "",
    ) -> AsyncGenerator[tuple[_B, list[list[bytes]]], None]:
        """Yield each batch with its rows, in order; while one is evaluated the next is blinded, the last finalized.

        A batch is whatever the caller wants back beside its typed inputs, at most `batch_size(key_set)` of them:

            async with aclosing(pseudonyms.of_batches(batches, key_set, enrolment=False)) as rows_of:
                async for applicants, rows in rows_of:
                    ...

        The log's entry of each evaluation names check, purpose and facet, if there are any.

        `batches` is read one ahead of what has been yielded: who takes them from a list that what is yielded shortens
        must read on behind the batch before. Enrolments are verified always, others by chance, one batch in twenty,
        decided when the answer is there: if that one is wrong, what was yielded before deserves no trust either.

        Raises as `of_inputs`, at the batch that failed, when all before it have been yielded.
        """
        ahead: _Asked[_B] | None = None
        try:
            for batch, inputs in batches:
                blind = await self._blind(inputs)
                last, parts = ahead, await ahead.parts if ahead else []
                wanted = Evaluating(enrolment, procedure, check_id, purpose, facet)
                asking = self._evaluator.evaluate(key_set, blind.elements, wanted)
                ahead = _Asked(batch, blind, asyncio.ensure_future(asking))
                if last is not None:
                    yield last.batch, await self._finish(last.blind, key_set, parts, verify=_is_verified(enrolment))
            if ahead is not None:
                parts = await ahead.parts
                yield ahead.batch, await self._finish(ahead.blind, key_set, parts, verify=_is_verified(enrolment))
        finally:
            if ahead is not None:
                ahead.parts.cancel()
                await asyncio.gather(ahead.parts, return_exceptions=True)

    async def _blind(self, inputs: Sequence[TypedInput]) -> _Blind:
        return _Blind(inputs, await asyncio.to_thread(blind_all, inputs, self._lanes))

    async def _finish(
        self, blind: _Blind, key_set: KeySet, parts: Sequence[Part], *, verify: bool
    ) -> list[list[bytes]]:
        def work() -> list[list[bytes]]:
            rows = combine(key_set, blind.elements, parts, self._lanes, verify=verify)
            return finalize_all(blind.inputs, blind.blinded, rows, self._lanes)

        return await asyncio.to_thread(work)


def end_of(called: Procedure) -> float:
    """Return when a procedure's last day is over wherever the node is, in seconds since the epoch."""
    return datetime.combine(called.last_day + timedelta(days=2), time.min, UTC).timestamp()


def _is_verified(enrolment: bool) -> bool:
    return enrolment or _chance() < BULK_VERIFIED_SHARE
