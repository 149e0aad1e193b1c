"""A file on its way to the node: how much has left, how long the node reads, and that one may give it up."""

from __future__ import annotations

from time import monotonic

from textual.timer import Timer

from tui.batch_folder import size_words
from tui.batch_text import time_left
from tui.screens.bando import words
from tui.screens.bando.layout import BandoLayout

_TOLD_EVERY_S = 1.0


class BandoReading(BandoLayout):
    """One file at a time is sent and read; the node tells nothing before it has read all of it."""

    _file_sent = 0
    _file_size = 0
    _reading_began = 0.0
    _read_since = 0.0
    """When the last byte had left; 0 before."""
    _reading_told: Timer | None = None
    _may_stop = False

    @property
    def is_reading(self) -> bool:
        """Whether a file is being read that is not to be on file yet."""
        return self._reading_told is not None and self._may_stop

    def begin_reading(self, *, trial: bool = True) -> None:
        """Tell from now on, once a second, how far it is; what is put on file, with no `trial`, is not given up."""
        self.end_reading()
        self._file_sent, self._file_size, self._reading_began, self._read_since = 0, 0, monotonic(), 0.0
        self._may_stop = trial
        self.note(words.READING if trial else words.OPENING)
        self._reading_told = self.set_interval(_TOLD_EVERY_S, self._tell_reading)
        self.refresh_keys()

    def end_reading(self) -> None:
        """Tell no more of it."""
        if self._reading_told is not None:
            self._reading_told.stop()
            self._reading_told = None

    def note_size(self, size: int) -> None:
        """Know how many bytes are sent in all."""
        self._file_size = size

    def note_sent(self, sent: int) -> None:
        """Know how many bytes have left; called beside the screen, which is told of it by its clock."""
        self._file_sent = sent
        if sent >= self._file_size and not self._read_since:
            self._read_since = monotonic()

    def stop_reading(self) -> None:
        """Give the file up, and go back to where another one can be chosen."""
        self.workers.cancel_group(self, "file")
        self.end_reading()
        self.go("file")
        self.note(words.READING_STOPPED)

    def leave_file(self) -> None:
        """Have nothing of a file any more, nor of one that was being read."""
        self.workers.cancel_group(self, "file")
        self.end_reading()

    def _tell_reading(self) -> None:
        size, elapsed = size_words(self._file_size), monotonic() - self._reading_began
        seconds = round(monotonic() - (self._read_since or self._reading_began))
        if not self._file_size:
            return  # this computer reads it first
        if not self._may_stop:
            self.note(words.OPENING_SINCE, total=size, seconds=seconds)
        elif self._read_since or not self._file_sent:
            self.note(words.READING_SINCE, total=size, seconds=seconds)
        else:
            left = time_left(round(1000 * elapsed * (self._file_size - self._file_sent) / self._file_sent), self.lang)
            self.note(words.SENDING_LEFT, done=size_words(self._file_sent), total=size, left=left)
