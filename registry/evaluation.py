"""Blind evaluation: which key sets are served, and to whom (design 5).

Members take turns, so that one that asks for much holds none of the others up (docs/adr/0062).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys
from maglia.core.keyset import check_mask
from maglia.core.lanes import ALONE, Lanes, cores
from maglia.core.pseudonym import KeySet, Part
from maglia.core.vocabulary import PseudonymClass
from registry.domain.budget import Use, check_answer_size
from registry.granting import Grants
from registry.ports import Files, Granted
from registry.seeds import Trios
from registry.turns import Turns

SERVED_VERSIONS = 2
"""A member that has not yet heard of the newest version asks with the one before."""
AT_A_COUNTER = 16
"""Elements that somebody at a counter waits for, at most: those of a household with its needs. More are a batch."""


@dataclass(frozen=True)
class Wanted:
    """A request: which set (by digest), epoch and shares, for which use; blinded elements of 32 bytes.

    `evaluation` is the 16 bytes by which both logs name it.
    """

    key_set: bytes
    epoch: int
    mask: int
    elements: Sequence[bytes]
    use: Use
    evaluation: bytes = b""
    procedure: str = ""


class _Desk:
    """Threads for one sort of request, on which members take turns."""

    def __init__(self, name: str, threads: int, lanes: Lanes) -> None:
        self._turns = Turns(threads)
        self._threads = ThreadPoolExecutor(threads, name)
        self._lanes = lanes

    def turn(self, member: str) -> AbstractAsyncContextManager[None]:
        """Wait for a member's turn, and hold it."""
        return self._turns.of(member)

    async def work(self, evaluator: Trios, key_set: KeySet, wanted: Wanted) -> Part:
        """Evaluate in a thread, where libsodium releases the interpreter's lock."""
        arguments = key_set, wanted.mask, wanted.elements, self._lanes
        return await asyncio.get_running_loop().run_in_executor(self._threads, evaluator.evaluate, *arguments)


class Evaluation:
    """Evaluates for members, what was granted before."""

    def __init__(
        self,
        grants: Grants,
        files: Files,
        evaluator: Trios,
        clock: Callable[[], float],
    ) -> None:
        self._grants = grants
        self._files = files
        self._evaluator = evaluator
        self._clock = clock
        # Threads of their own: a crowd at the front port, whose passwords are hashed in threads, holds no member up.
        # What is waited for at a counter and batches share the cores as the system's threads do, half and half; an
        # enrolment keeps to one thread, since while keys rotate everybody sends many.
        self._counter = _Desk("counter", cores(), Lanes())
        self._batches = _Desk("batch", cores(), Lanes())
        self._enrolments = _Desk("enrolment", 1, ALONE)
        self._versions: list[EvaluationKeys] = []
        self.reload()

    def reload(self) -> None:
        """Read the key sets to serve, after a publication."""
        self._versions = [decode_keys(published.keys) for published in self._files.publications(SERVED_VERSIONS)]

    async def evaluate(self, member: str, wanted: Wanted) -> Part:
        """Return every element under every key of the set, for the shares wanted, with one proof.

        Raises `pseudonym.key_set`, `.epoch`, `.mask`, `.batch`, `.element`, and whatever refuses the grant: count and
        entry are durable before anything is evaluated. Of a caller that went away while it waited for its turn nothing
        is counted.
        """
        key_set = self._key_set(member, wanted)
        if wanted.epoch != key_set.epoch:
            raise MagliaError(Code.PSEUDONYM_EPOCH, cause=f"epoch {wanted.epoch}")
        check_mask(wanted.mask)
        check_answer_size(len(wanted.elements), len(key_set.keys))
        desk = self._desk(wanted)
        async with desk.turn(member):
            if wanted.use is Use.REPORT:
                self._evaluator.follow()  # of an epoch that is over the seeds may have been erased meanwhile
            self._grants.grant(self._granted(member, key_set, wanted), self._versions[0].epochs)
            return await desk.work(self._evaluator, key_set, wanted)

    def _desk(self, wanted: Wanted) -> _Desk:
        if wanted.use is Use.ENROLMENT:
            return self._enrolments
        return self._counter if len(wanted.elements) <= AT_A_COUNTER else self._batches

    def _granted(self, member: str, key_set: KeySet, wanted: Wanted) -> Granted:
        count, named = len(wanted.elements), (wanted.evaluation, wanted.procedure)
        return Granted(self._clock(), member, key_set.cls, wanted.use, key_set.epoch, count, *named)

    def _key_set(self, member: str, wanted: Wanted) -> KeySet:
        """Find the set by its digest: the caller's own and no other for an enrolment, else every member's.

        Of an epoch that is over there is one for reports alone.
        """
        found = self._served(member, wanted)
        if found is None:
            self.reload()  # another replica may have published it a moment ago
            found = self._served(member, wanted)
        if found is None:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause=f"{wanted.use} by {member}")
        return found

    def _served(self, member: str, wanted: Wanted) -> KeySet | None:
        served = [keys for version in self._versions for keys in version.by_epoch]
        offered = (self._offered(keys, cls, member, wanted.use) for keys in served for cls in PseudonymClass)
        found = next((keys for keys in offered if keys is not None and keys.digest == wanted.key_set), None)
        if found is not None or wanted.use is not Use.REPORT:
            return found
        former = (keys.network_set(PseudonymClass.PERSON) for version in self._versions for keys in version.ended)
        return next((keys for keys in former if keys.digest == wanted.key_set), None)

    @staticmethod
    def _offered(keys: EvaluationKeys, cls: PseudonymClass, member: str, use: Use) -> KeySet | None:
        if member not in keys.keys[cls]:
            return None
        return keys.own_set(cls, member) if use is Use.ENROLMENT else keys.network_set(cls)
