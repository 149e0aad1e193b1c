"""Enrolment: every person or need with a live record gets its pseudonym under this body's own key, and an entry."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from maglia.core.directory import EvaluationKeys
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PseudonymClass
from node.domain.model import Awaiting
from node.entries import Entries
from node.ports import Store, Trust
from node.pseudonyms import Pseudonyms

_log = logging.getLogger(__name__)
_BATCH = 250
_IDLE_S = 2.0
_WAIT_S = 30.0


class Enrolment:
    """Enrols whoever awaits a pseudonym; until then the body's answers say that coverage is partial."""

    def __init__(self, me: str, store: Store, entries: Entries, trust: Trust, pseudonyms: Pseudonyms) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._trust = trust
        self._pseudonyms = pseudonyms
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Say that new records may await."""
        self._wake.set()

    async def run(self) -> None:
        """Enrol until cancelled; a registry out of reach or a spent budget is waited for."""
        while True:
            pause = _IDLE_S
            try:
                await self.enrol_all()
            except MagliaError as error:
                _log.warning("enrolment waits: %s", error)
                pause = _WAIT_S if error.code is Code.BUDGET_MEMBER else _IDLE_S
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), pause)
            except TimeoutError:
                continue

    async def enrol_all(self) -> None:
        """Enrol until nobody awaits; between batches the loop serves others, since evaluation is awaited."""
        while await self.enrol_some():
            pass

    async def enrol_some(self) -> int:
        """Enrol one batch; return how many subjects it held."""
        keys = self._trust.keys()
        awaiting = self._store.awaiting(keys.epoch, _BATCH)
        for cls in PseudonymClass:
            await self._enrol(cls, keys, [each for each in awaiting if each.cls is cls])
        return len(awaiting)

    async def _enrol(self, cls: PseudonymClass, keys: EvaluationKeys, awaiting: Sequence[Awaiting]) -> None:
        if not awaiting:
            return
        key_set = keys.own_set(cls, self._me)
        rows = await self._pseudonyms.of_inputs([each.typed_input for each in awaiting], key_set, enrolment=True)
        pseudonyms = [row[0] for row in rows]
        # The entries come first: a pseudonym nobody logged must not exist.
        await self._entries.write_all([self._entry(cls, pseudonym) for pseudonym in pseudonyms])
        # Under the epoch of the keys that made them, though a newer directory may have come meanwhile.
        self._store.enrol(keys.epoch, list(zip(awaiting, pseudonyms, strict=True)))

    def _entry(self, cls: PseudonymClass, pseudonym: bytes) -> Entry:
        month, sealed = self._entries.seal([pseudonym])
        return Entry(
            kind=EntryKind.ENROLMENT,
            time_ms=self._entries.now_ms(),
            outcome=cls.value,
            count=1,
            key_month=month,
            sealed=sealed,
        )
