"""Enrolment: every person or need with a live record gets its pseudonym under this body's own key, and an entry.

While keys rotate there are two epochs, and everybody is enrolled under both: first under the one that is asked under.
Pseudonyms of any other epoch are deleted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.pseudonym import KeySet
from maglia.core.vocabulary import PseudonymClass
from node.domain.model import Awaiting
from node.entries import Entries
from node.ports import Evaluating, Store, Trust
from node.pseudonyms import Pseudonyms
from node.recording import Recording

_log = logging.getLogger(__name__)
_BATCH = 500
"""Elements of one request. Larger ones are no faster; and of those under way when a node dies, the registry has
counted what was not stored."""
_AT_ONCE = 4
"""Requests under way, so that blinding, evaluation and unblinding of different batches overlap."""
_LEFT_OVER = 100
"""Elements of a request when the budget has not room for a whole batch."""
_IDLE_S = 2.0
_WAIT_S = 30.0
_LOOK_S = 0.25
LATELY_S = 60.0
"""For how long a body is still ready once somebody new awaits: where people come all the time, somebody always does."""
_STILL = 8
"""Looks without a change after which everybody is counted again: records may have lapsed meanwhile."""


@dataclass(frozen=True)
class Progress:
    """How far the enrolment for an epoch is; `waits` is why it does not go on."""

    epoch: int
    enrolled: int
    awaiting: int
    waits: Code | None = None


class Enrolment:
    """Enrols whoever awaits a pseudonym; until then the body's answers say that coverage is partial.

    `tell` is called when the epochs for which this body is ready are others than it last reported.
    """

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        recording: Recording,
        trust: Trust,
        pseudonyms: Pseudonyms,
        tell: Callable[[], None] = lambda: None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._recording = recording
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._tell = tell
        self._seconds = seconds
        self._wake = asyncio.Event()
        self._reported: tuple[int, ...] = ()
        self._whole_at: dict[int, float] = {}
        """When nobody awaited a pseudonym of an epoch, last."""
        self._waits: dict[int, MagliaError] = {}
        self._kept: tuple[int, ...] = ()
        self._places: dict[int, Awaiting] = {}
        self._done: Counter[int] = Counter()

    def wake(self) -> None:
        """Say that new records may await."""
        self._wake.set()

    def waits(self) -> Mapping[int, MagliaError]:
        """Return why the enrolment for an epoch does not go on, for those where it doesn't."""
        return dict(self._waits)

    def ready_epochs(self) -> tuple[int, ...]:
        """Return the epochs in use under which nobody awaits a pseudonym, to be reported; none when that is unknown.

        Whoever came in the last minute does not count: until they are enrolled, this body's answers are partial.
        """
        try:
            epochs, now = self._trust.keys().epochs.all, self._seconds()
            whole = {epoch: now for epoch in epochs if not self._store.awaiting_count(epoch)}
            self._whole_at = {epoch: at for epoch, at in self._whole_at.items() if epoch in epochs} | whole
            self._reported = tuple(each for each in epochs if now - self._whole_at.get(each, -LATELY_S) < LATELY_S)
        except MagliaError as error:
            _log.warning("readiness unknown: %s", error)
            self._reported = ()
        return self._reported

    async def run(self) -> None:
        """Enrol until cancelled; a registry out of reach or a spent budget is waited for."""
        while True:
            pause = _IDLE_S
            try:
                await self._forget_others()
                await self.enrol_all()
                self._tell_readiness()
            except MagliaError as error:
                _log.warning("enrolment waits: %s", error)
                pause = _WAIT_S if error.code is Code.BUDGET_MEMBER else _IDLE_S
            self._wake.clear()
            try:
                # Not `wait_for`: until Python 3.12 it takes a cancellation for an answer when both come at once.
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _tell_readiness(self) -> None:
        before = self._reported
        if self.ready_epochs() != before:
            self._tell()

    async def _forget_others(self) -> None:
        """Delete the pseudonyms of epochs that are neither asked under nor answered any more."""
        epochs = self._trust.keys().epochs.all
        if epochs != self._kept:
            if count := await asyncio.to_thread(self._store.forget_epochs, epochs):
                self._store.empty_journal()
                _log.info("pseudonyms of former epochs deleted: %d", count)
            self._kept = epochs

    async def enrol_all(self) -> None:
        """Enrol under each epoch until nobody awaits; what keeps one from it does not keep the other."""
        failed: MagliaError | None = None
        for keys in self._trust.keys().by_epoch:
            try:
                await self._enrol_epoch(keys)
                await self._note_unreadable(keys.epoch)
            except MagliaError as error:
                self._waits[keys.epoch] = error
                failed = failed or error
        if failed is not None:
            raise failed

    async def _note_unreadable(self, epoch: int) -> None:
        """Say whom nobody can enrol: everybody else of the epoch is, and coverage stays partial for their sake."""
        count = await asyncio.to_thread(self._store.unreadable_count, epoch)
        before = self._waits.pop(epoch, None)
        if count:
            self._waits[epoch] = MagliaError(Code.STORAGE_CODES, count=count)
            if before is None or before.params != self._waits[epoch].params:
                _log.warning("not enrolled under epoch %d, since their codes do not open: %d", epoch, count)

    async def _enrol_epoch(self, keys: EvaluationKeys) -> None:
        await self._recording.state(keys.epoch)
        is_short = _is_spent(self._waits.get(keys.epoch))
        try:
            while not is_short and await self.enrol_some(keys):
                pass
        except MagliaError as error:
            if not _is_spent(error):
                raise
            is_short = True
        while is_short and await self.enrol_some(keys, _LEFT_OVER, 1):
            pass

    async def enrol_some(self, keys: EvaluationKeys, size: int = _BATCH, at_once: int = _AT_ONCE) -> int:
        """Enrol some batches of `size` side by side, each durable by itself; return how many subjects they held.

        Between batches the loop serves others: what takes long runs in threads.
        """
        awaiting = await self._next(keys.epoch, size * at_once)
        batches = [
            self._enrol(cls, keys, same[start : start + size])
            for cls in PseudonymClass
            if (same := [each for each in awaiting if each.cls is cls])
            for start in range(0, len(same), size)
        ]
        # Each to its end, though another failed: what was evaluated has been counted.
        for done in await asyncio.gather(*batches, return_exceptions=True):
            if isinstance(done, BaseException):
                raise done
        if len(awaiting) == size * at_once:
            self._places[keys.epoch] = awaiting[-1]
        return len(awaiting)

    async def _next(self, epoch: int, limit: int) -> list[Awaiting]:
        """Return who awaits, from where the last ones ended; at the end, whoever was left behind or came meanwhile."""
        place = self._places.pop(epoch, None)
        found = await asyncio.to_thread(self._store.awaiting, epoch, limit, place)
        return found if found or place is None else await asyncio.to_thread(self._store.awaiting, epoch, limit)

    async def _enrol(self, cls: PseudonymClass, keys: EvaluationKeys, awaiting: Sequence[Awaiting]) -> None:
        key_set = keys.own_set(cls, self._me)
        wanted = Evaluating(enrolment=True)
        rows = await self._pseudonyms.of_inputs([each.typed_input for each in awaiting], key_set, wanted)
        pseudonyms = [row[0] for row in rows]
        try:
            # The entries come first: a pseudonym nobody logged must not exist.
            entries = await asyncio.to_thread(lambda: [self._entry(key_set, wanted, each) for each in pseudonyms])
            await self._entries.write_all(entries)
            # Under the epoch of the keys that made them, though a newer directory may have come meanwhile.
            await asyncio.to_thread(self._store.enrol, keys.epoch, list(zip(awaiting, pseudonyms, strict=True)))
        except BaseException:
            self._recording.forget(keys.epoch)
            raise
        self._done[keys.epoch] += len(awaiting)

    def _entry(self, key_set: KeySet, wanted: Evaluating, pseudonym: bytes) -> Entry:
        month, sealed = self._entries.seal([pseudonym])
        return Entry(
            kind=EntryKind.ENROLMENT,
            time_ms=self._entries.now_ms(),
            outcome=key_set.cls.value,
            count=1,
            epoch=key_set.epoch,
            evaluation=wanted.id,
            key_month=month,
            sealed=sealed,
        )

    async def follow(self, epoch: int) -> AsyncIterator[Progress]:
        """Yield how far the enrolment for an epoch in use is, often, until nobody awaits; `run` does the work.

        Epoch 0 stands for the second one. Raises `pseudonym.no_rotation` for an epoch that is not in use, and
        `budget.member` when the registry grants no more today, and `storage.codes` when whoever still awaits has a
        damaged code.
        """
        epoch = epoch or self._trust.keys().epochs.also
        self._waits.pop(epoch, None)
        self.wake()
        before = total = still = 0
        while True:
            if epoch not in self._trust.keys().epochs.all or not epoch:
                raise MagliaError(Code.PSEUDONYM_NO_ROTATION)
            # Counting walks everybody: it is done at the beginning, when all seems done, and when nothing moves.
            if before + self._done[epoch] >= total or still >= _STILL:
                before, total, awaiting = await asyncio.to_thread(self._count, epoch)
                still = 0
                if not awaiting:
                    yield Progress(epoch, total, 0)
                    return
            enrolled, failed = min(before + self._done[epoch], total), self._waits.get(epoch)
            yield Progress(epoch, enrolled, total - enrolled, failed.code if failed else None)
            if failed is not None and failed.code in _ENDS:
                raise failed
            await asyncio.sleep(_LOOK_S)
            still = still + 1 if enrolled == before + self._done[epoch] else 0

    def _count(self, epoch: int) -> tuple[int, int, int]:
        """Return how many were enrolled before this object's own, how many there are in all, how many await."""
        done = self._done[epoch]
        awaiting = self._store.awaiting_count(epoch)  # first: once nobody awaits, the other is the last word
        enrolled = self._store.enrolled_in(epoch)
        return enrolled - done, enrolled + awaiting, awaiting


_ENDS = frozenset({Code.BUDGET_MEMBER, Code.STORAGE_CODES})
"""What does not pass by waiting a little."""


def _is_spent(error: MagliaError | None) -> bool:
    return error is not None and error.code is Code.BUDGET_MEMBER
