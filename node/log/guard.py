"""Whether this body's log is the one that the witness knows, from what stands outside its database.

A database put back to an earlier state contradicts nothing in itself. So the last cosigned checkpoint is kept in a file
of the node's folder too, and a contradiction once found stays found, over restarts, until an administrator has repaired
the log and removed `log-fork.json`: then everything is compared again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from maglia.core.checkpoint import verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.log import Log, LogReport
from maglia.core.log_archives import FOLDER as ARCHIVE_FOLDER
from node.ports import Clock

NOTE_FILE = "log-cosigned.note"
FORK_FILE = "log-fork.json"
_log = logging.getLogger(__name__)


def kept_note(folder: Path) -> bytes | None:
    """Return the last cosigned note as kept in a node's folder, None before the first."""
    try:
        return (folder / NOTE_FILE).read_bytes()
    except FileNotFoundError:
        return None


class LogGuard:
    """Fulfils `node.ports.LogState`. `longest_s` is how old, in seconds, the last cosignature may be to answer.

    `enrolled` counts the pseudonyms on file: each was logged before it was stored, so the log is no shorter.
    """

    def __init__(self, folder: Path, log: Log, enrolled: Callable[[], int], clock: Clock, longest_s: float) -> None:
        self._folder = folder
        self._fork = folder / FORK_FILE
        self._log = log
        self._enrolled = enrolled
        self._clock = clock
        self._longest_s = longest_s
        self._found = _remembered(self._fork)
        self._cosigned_at = self._time_of(log.latest_cosigned())

    def start(self) -> None:
        """Compare the log with what was kept of it, without the registry; what contradicts it is a fork."""
        if self._log.size < self._enrolled():
            self.found_fork("the log is shorter than the pseudonyms on file")
        for note in (self._kept(), self._log.latest_cosigned()):
            if note is not None and not self._continues(note):
                self.found_fork("the log does not continue a cosigned checkpoint of it")
        if self._found is None:
            self.cosigned()

    def cosigned(self) -> None:
        """Keep the log's last cosigned note outside its database too, whole or not at all."""
        note = self._log.latest_cosigned()
        if note is not None and note != self._kept():
            write_private(self._folder / NOTE_FILE, note)
        self._cosigned_at = max(self._cosigned_at, self._time_of(note))

    def found_fork(self, cause: str) -> None:
        """Remember, durably, that this log is not the one the witness knows."""
        self._remember(Code.LOG_FORK, cause)

    def found_damage(self, report: LogReport) -> None:
        """Remember, durably, that the log contradicts itself, and where."""
        at = "" if report.first_bad is None else f": entry {report.first_bad}, or a hash of it"
        self._remember(Code.LOG_DAMAGED, f"what is stored contradicts itself{at}")

    def _remember(self, code: Code, cause: str) -> None:
        if self._found is None:
            found = {"code": code.value, "found": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "size": self._log.size}
            self._found = code  # first: a disk that is full must not let answers out
            _log.critical("the log is not the one that the witness knows: %s", cause)
            write_private(self._fork, json.dumps({**found, "cause": cause}).encode())

    @property
    def cosigned_at(self) -> float:
        """Return when the witness last cosigned the log, in seconds since the epoch; long ago for never."""
        return self._cosigned_at

    @property
    def forked(self) -> bool:
        """Return whether a contradiction was found, now or before a restart."""
        return self._found is not None

    def problems(self) -> list[Code]:
        """Return `log.fork` or `log.damaged`, or what the age of the last cosignature says: late from its half on."""
        age = self._clock.now() - self._cosigned_at
        if self._found is not None:
            return [self._found]
        if age > self._longest_s:
            return [Code.LOG_UNWITNESSED]
        return [Code.LOG_STALE] if age > self._longest_s / 2 else []

    def require_sound(self) -> None:
        """Raise `log.fork` or `log.damaged` when that was found: nothing is asked, answered or enrolled from here."""
        if self._found is not None:
            raise MagliaError(self._found)

    def require_witnessed(self) -> None:
        """Raise as `require_sound`, or `log.unwitnessed` when the last cosignature is too old or there was none yet."""
        for code in self.problems():
            if code is not Code.LOG_STALE:
                raise MagliaError(code)

    def verify(self) -> LogReport:
        """Recompute the log from its entries and compare it with all that is known of it, here and outside."""
        enrolled, kept = self._enrolled(), self._kept()
        report = self._log.verify(kept, self._folder / ARCHIVE_FOLDER)
        return replace(report, ok=report.ok and self._found is None and report.size >= enrolled)

    def _kept(self) -> bytes | None:
        return kept_note(self._folder)

    def _continues(self, note: bytes) -> bool:
        try:
            return self._log.continues(note)
        except MagliaError as error:
            if error.code is Code.LOG_UNAVAILABLE:
                raise
            return False

    def _time_of(self, note: bytes | None) -> float:
        """Return when the witness cosigned the note; long ago when there is none, or by a witness not known today."""
        if note is None or self._log.witness is None:
            return float("-inf")
        try:
            return verify_cosignature(note, *self._log.witness)
        except MagliaError:
            return float("-inf")


def _remembered(file: Path) -> Code | None:
    """Return what was found before a restart; a file that can't be read says at least that something was."""
    try:
        return Code(json.loads(file.read_bytes())["code"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return Code.LOG_FORK
