"""Logins that the office refused: summed up each minute in the registry's witnessed log (design 6).

One entry for each name and reason. Somebody of the office is named; any other name appears as a keyed hash, the same
each time, since people type passwords where a name belongs. Beyond a few such names the rest is one entry.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import LOGIN_SUMMARY_S
from registry.ports import Event, Members

ACTIONS = {Code.SESSION_CREDENTIALS: "login_refused", Code.SESSION_THROTTLED: "login_throttled"}
"""What each refusal is called in the history: a wrong name or password; too many of them, not even looked at."""
OTHERS = "?"
"""Stands for all names beyond those that one minute has room for."""
MAX_UNKNOWN = 5
"""Names of nobody written in one minute, those tried most: a flood of them can't fill the log."""
_MAX_COUNTED = 1_000
_LABEL_HEX = 12
_log = logging.getLogger(__name__)


class LoginRefusals:
    """Counts refused logins and writes their summaries. Times are seconds since the epoch; `key` is secret."""

    def __init__(
        self, members: Members, key: bytes, clock: Callable[[], float], every_s: float = LOGIN_SUMMARY_S
    ) -> None:
        self._members = members
        self._key = key
        self._clock = clock
        self._every_s = every_s
        self._known: Counter[tuple[str, str]] = Counter()
        self._unknown: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def counting(self, user: str) -> Iterator[None]:
        """Count a login that is refused inside, and let the refusal pass on."""
        try:
            yield
        except MagliaError as error:
            if (action := ACTIONS.get(error.code)) is not None:
                self._count(user, action)
            raise

    def _count(self, user: str, action: str) -> None:
        if self._members.person(user) is not None:
            self._known[user, action] += 1
            return
        entry = self._label(user), action
        is_full = len(self._unknown) >= _MAX_COUNTED and entry not in self._unknown
        self._unknown[(OTHERS, action) if is_full else entry] += 1

    def _label(self, user: str) -> str:
        return OTHERS + hmac.digest(self._key, user.encode(), "sha256").hex()[:_LABEL_HEX]

    async def run(self) -> None:
        """Write the summaries of each minute until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                self.write()
            except Exception as error:
                # Whatever it was, counting goes on: the next minute writes what this one could not.
                _log.warning("refused logins not logged yet: %s", type(error).__name__)

    def write(self) -> None:
        """Write what was counted, durably and all of it or nothing; nothing is forgotten when that fails."""
        summaries = self._known + self._few()
        if not summaries:
            return
        now = self._clock()
        with self._members.transaction():
            for (name, action), count in sorted(summaries.items()):
                self._members.add_event("", Event(now, name, action, str(count)))
        self._known.clear()
        self._unknown.clear()

    def _few(self) -> Counter[tuple[str, str]]:
        """Return the names tried most, the rest together."""
        ranked = [entry for entry, _ in self._unknown.most_common() if entry[0] != OTHERS]
        few: Counter[tuple[str, str]] = Counter()
        for (name, action), count in self._unknown.items():
            few[name if (name, action) in ranked[:MAX_UNKNOWN] else OTHERS, action] += count
        return few
