"""Pseudonyms of persons and needs: blind, have evaluated, verify, finalize (design 5; step 5 of a check).

The work is arithmetic without I/O between awaits and runs in a thread: libsodium releases the interpreter's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, TypedInput
from maglia.core.procedures import Procedure
from maglia.core.pseudonym import Blinded, KeySet, Part, blind, combine, finalize
from maglia.core.vocabulary import PSEUDONYM_CACHE_S
from node.ports import Clock, Evaluator, Store


class Pseudonyms:
    """Makes pseudonyms with the registry's help, and keeps those of the body's own clients."""

    def __init__(self, evaluator: Evaluator, store: Store, clock: Clock) -> None:
        self._evaluator = evaluator
        self._store = store
        self._clock = clock

    async def of_subject(
        self, identifier: Identifier, key_set: KeySet, called: Procedure | None = None
    ) -> dict[str, bytes]:
        """Return one person's or need's pseudonym for each member of a key set; always verified.

        Under a procedure they are kept until its last day, whoever it is: the registry can't tell a repeated element,
        so asking for one again would cost its cap twice.
        """
        known = self._store.cached_pseudonyms(identifier, key_set.digest, self._clock.now())
        if known is None:
            name = called.id if called else ""
            [known] = await self.of_inputs([identifier.pseudonym_input()], key_set, enrolment=False, procedure=name)
            expires = _end_of(called) if called else self._clock.now() + PSEUDONYM_CACHE_S
            self._store.cache_pseudonyms(identifier, key_set.digest, known, expires, anybody=called is not None)
        if len(known) != len(key_set.keys):
            raise MagliaError(Code.PSEUDONYM_BATCH)
        return dict(zip(key_set.members, known, strict=True))

    async def of_inputs(
        self, inputs: Sequence[TypedInput], key_set: KeySet, *, enrolment: bool, procedure: str = ""
    ) -> list[list[bytes]]:
        """Return the pseudonyms of typed inputs, one row for each, in the key set's order; always verified.

        Raises `pseudonym.*` for an evaluation that isn't right, `budget.member`, `budget.procedure`,
        `network.unreachable`.
        """
        blinded = await asyncio.to_thread(_blind_all, inputs)
        elements = [each.element for each in blinded]
        parts = await self._evaluator.evaluate(key_set, elements, enrolment=enrolment, procedure=procedure)
        return await asyncio.to_thread(_finish, inputs, blinded, key_set, parts)


def _end_of(called: Procedure) -> float:
    """Return when a procedure's last day is over wherever the node is, in seconds since the epoch."""
    return datetime.combine(called.last_day + timedelta(days=2), time.min, UTC).timestamp()


def _blind_all(inputs: Sequence[bytes]) -> list[Blinded]:
    return [blind(each) for each in inputs]


def _finish(
    inputs: Sequence[bytes], blinded: Sequence[Blinded], key_set: KeySet, parts: Sequence[Part]
) -> list[list[bytes]]:
    rows = combine(key_set, [each.element for each in blinded], parts)
    return [
        [finalize(data, hidden, evaluated) for evaluated in row]
        for data, hidden, row in zip(inputs, blinded, rows, strict=True)
    ]
