"""Whether this process may sign what root names it for: said once when it no longer can, and once when it can again."""

from __future__ import annotations

import logging

from maglia.core.errors import Code, MagliaError
from registry.directory import Publisher

_log = logging.getLogger(__name__)


class KeyWatch:
    """Looks after each change of metadata, and again and again while a key is lacking: its keystore may be coming.

    A replica whose keystore was not copied after `root prepare` serves and counts, but signs nothing.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._is_due = True
        self.is_lacking = False

    def changed(self) -> None:
        """Say that root or targets may have changed."""
        self._is_due = True

    def look(self) -> None:
        """Tell the log of a key that lacks, or came; nothing to do while nothing changed."""
        if not self._is_due and not self.is_lacking:
            return
        try:
            self._publisher.check_keys()
        except MagliaError as error:
            if error.code is not Code.DIRECTORY_ONLINE_KEY:
                raise
            if not self.is_lacking:
                sentence = error.sentence("it")
                _log.error("%s %s %s", error, sentence.message, sentence.next_action)
            self.is_lacking = True
        else:
            if self.is_lacking:
                _log.info("the keys that root and targets name are here: signing again")
            self.is_lacking = False
        self._is_due = False
