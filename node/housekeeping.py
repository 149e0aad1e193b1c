"""What a node removes by itself: aid that is over and whoever has nothing left on file, pseudonyms of whoever is no
longer helped, what its cache may no longer hold, access requests answered long ago, places in households that were left
long ago, what others answered beside reservations a month ago, referrals whose term is over,
notices after a month, checks after three days, and results of procedures that ended.

No answer depends on it, since an expired record is unanswerable before it is erased: it is for whoever steals the
database.
"""

from __future__ import annotations

import asyncio
import logging

from maglia.core.errors import MagliaError
from maglia.core.vocabulary import PseudonymClass
from node.domain.model import PseudonymPlace
from node.erasing import Erasing
from node.ports import Store, Trust

EVERY_S = 3_600.0
_PAGE = 500
_log = logging.getLogger(__name__)


class Housekeeping:
    """Sweeps at the start and then every `every_s` seconds."""

    def __init__(self, store: Store, trust: Trust, erasing: Erasing, every_s: float = EVERY_S) -> None:
        self._store = store
        self._trust = trust
        self._erasing = erasing
        self._every_s = every_s

    async def run(self) -> None:
        """Sweep until cancelled; a database that fails is tried again next time."""
        while True:
            try:
                await self.sweep()
            except MagliaError as error:
                _log.warning("nothing swept: %s", error)
            await asyncio.sleep(self._every_s)

    async def sweep(self) -> int:
        """Remove all that lapsed, a page at a time so that questions are answered meanwhile; return how much it was."""
        removed = self._store.remove_expired_cache() + self._remove_other_sets()
        removed += self._store.remove_old_access_cases()
        removed += self._store.remove_former_places()
        removed += self._store.forget_old_findings()
        removed += self._store.remove_old_referrals()
        removed += self._store.remove_old_notices()
        removed += len(self._store.remove_old_batches())
        removed += self._store.remove_old_checks()
        self._store.forget_undone_links()
        removed += await asyncio.to_thread(self._store.remove_cache_of_former_clients)
        removed += await self._remove_lapsed()
        try:
            # Last, since it alone needs the log; whoever is erased has lost their pseudonyms by now.
            removed += await self._erasing.erase_all()
        finally:
            self._store.empty_journal()
        if removed:
            _log.info("swept: %s", removed)
        return removed

    async def _remove_lapsed(self) -> int:
        removed = 0
        place: PseudonymPlace | None = None
        while True:
            place, of_page = self._store.remove_lapsed(place, _PAGE)
            removed += of_page
            if place is None:
                return removed
            await asyncio.sleep(0)

    def _remove_other_sets(self) -> int:
        """Remove what is cached under former keys; none while it is unknown which keys are in use."""
        try:
            epochs = self._trust.keys().by_epoch
        except MagliaError:
            return 0
        served = {keys.network_set(cls).digest for keys in epochs for cls in PseudonymClass}
        return self._store.remove_cache_of_other_sets(served)
