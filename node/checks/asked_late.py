"""Tells this body's operators that another body learned late of help that they promise, or gave lately.

Whoever asks while this node is silent may help without having seen the promise here; once the node is back it is asked
again, and says so. By then both have promised, or both have given: the other side learns of it by the answer, this side
by a notice. It says no more than the question itself told: that somebody asked about a person who is helped here.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from maglia.core.errors import MagliaError
from maglia.core.notices import NoticeKind
from node.domain.inbox import short_name
from node.domain.reservations import Standing
from node.inbox import Inbox, Notice
from node.ports import Store

_log = logging.getLogger(__name__)


class AskedLate:
    """Puts a notice for all of the body, one for each promise until somebody has read it."""

    def __init__(self, store: Store, inbox: Inbox) -> None:
        self._store = store
        self._inbox = inbox

    def note(self, records: Collection[str]) -> None:
        """Hear which records were shown to a body that had asked before; never raises."""
        try:
            promised = self._store.promised_among(records)
        except MagliaError as error:
            _log.warning("nobody is told who asked late: %s", error)
            return
        if promised:
            self._inbox.put_all([_notice(one) for one in promised], once=True)


def _notice(one: Standing) -> Notice:
    told: dict[str, str | int] = {"record": short_name(one.record_id), "given": int(one.is_given)}
    return Notice(NoticeKind.PROMISE_ASKED, "", params=told)
