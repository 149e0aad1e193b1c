"""Each question of this body has exactly one end state in its log, whatever interrupted the asking.

While a question is awaited it is in `OpenQuestions`, and whoever awaits it logs its end. Whatever else the log holds
without an end was interrupted: the process was killed, the log failed, the caller went away before anything was sent.
`Endings` finds such questions in the log itself and ends them: what a failed commit left behind is known there alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import MagliaError
from maglia.core.keystore import write_private
from maglia.core.vocabulary import EndState, Silence
from maglia.wire.entries import decode_entry
from node.entries import Entries
from node.ports import LogReader

MARK_FILE = "log-ended"
"""Holds the index of the first entry that may be a question without an end; what is before it was seen to."""
_EVERY_S = 60.0
_PAGE = 256
_KINDS = EntryKind.ASKED.encode(), EntryKind.END_STATE.encode()
_log = logging.getLogger(__name__)


class OpenQuestions:
    """Ids of the questions that somebody in this process awaits, or is about to log."""

    def __init__(self) -> None:
        self._ids: set[bytes] = set()

    def open(self, ids: Iterable[bytes]) -> None:
        """Hold questions open; call it before their entries can be in the log."""
        self._ids.update(ids)

    def close(self, ids: Iterable[bytes]) -> None:
        """Let go of questions: their end state is durable, or nobody here will write it."""
        self._ids.difference_update(ids)

    def __contains__(self, question_id: bytes) -> bool:
        return question_id in self._ids


class Endings:
    """Ends what was interrupted: before the node serves, and then every `every_s` seconds."""

    def __init__(
        self,
        folder: Path,
        log: LogReader,
        entries: Entries,
        questions: OpenQuestions,
        every_s: float = _EVERY_S,
        kept: Callable[[bytes], bytes | None] = lambda _: None,
    ) -> None:
        """`kept` returns the end of a question, by its id, where it was stored with the answer before it was logged."""
        self._file = folder / MARK_FILE
        self._log = log
        self._entries = entries
        self._questions = questions
        self._every_s = every_s
        self._kept = kept

    async def run(self) -> None:
        """End what was interrupted until cancelled; what fails is tried again next time."""
        while True:
            await asyncio.sleep(self._every_s)
            await self.try_to_end()

    async def try_to_end(self) -> None:
        """End what was interrupted; a log that fails, or is not the witness's, is left for another time."""
        try:
            ended = await self.end_interrupted()
        except (MagliaError, OSError) as error:
            _log.warning("interrupted questions not ended yet: %s", error)
        else:
            if ended:
                _log.info("questions interrupted: %s", ended)

    async def end_interrupted(self) -> int:
        """Log the end of each question that has none and that nobody awaits; return how many those were.

        Raises `log.*`, and `OSError` when the place reached can't be remembered. Whoever reads on from an older place
        only reads more.
        """
        self._entries.require_sound()
        mark = self._mark()
        reached, without_end = await self._read_from(mark)
        # Nothing is awaited between the last page read and here: whoever logged an end since then still holds it open.
        interrupted = [entry for _, entry in without_end if entry.question_id not in self._questions]
        reached = min([reached, *(index for index, entry in without_end if entry.question_id in self._questions)])
        for first in range(0, len(interrupted), _PAGE):
            await self._entries.write_all([self._end(entry) for entry in interrupted[first : first + _PAGE]])
        if reached != mark:
            write_private(self._file, str(reached).encode())
        return len(interrupted)

    async def _read_from(self, start: int) -> tuple[int, list[tuple[int, Entry]]]:
        """Return the index after the last entry there is, and the questions without an end from `start` on."""
        asked: dict[bytes, tuple[int, Entry]] = {}
        while leaves := self._log.read(start, _PAGE):
            for index, leaf in enumerate(leaves, start):
                if any(kind in leaf for kind in _KINDS):  # a node that answers much has few entries of either kind
                    _note(asked, index, decode_entry(leaf))
            start += len(leaves)
            if len(leaves) < _PAGE:
                break
            await asyncio.sleep(0)
        return start, list(asked.values())

    def _mark(self) -> int:
        """Return where to read from; a place beyond the log, or none that can be read, is no place."""
        try:
            mark = int(self._file.read_text())
        except (OSError, ValueError):
            mark = 0
        return max(mark if 0 <= mark <= self._log.size else 0, self._log.first)

    def _end(self, asked: Entry) -> Entry:
        if (kept := self._kept(asked.question_id)) is not None:
            return decode_entry(kept)
        return Entry(
            kind=EntryKind.END_STATE,
            time_ms=self._entries.now_ms(),
            peer=asked.peer,
            question_id=asked.question_id,
            question_hash=asked.question_hash,
            outcome=EndState.SILENT,
            code=Silence.INTERRUPTED,
            check_id=asked.check_id,
        )


def _note(asked: dict[bytes, tuple[int, Entry]], index: int, entry: Entry) -> None:
    if entry.kind is EntryKind.ASKED:
        asked[entry.question_id] = index, entry
    elif entry.kind is EntryKind.END_STATE:
        asked.pop(entry.question_id, None)
