"""Checks of the last 72 hours: found again by their operator, and completed when silent bodies return (design 6).

They live in the process: a restart forgets whom to ask again, and the operator's next check asks anew.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import REASK_S
from node.domain.model import Operator
from node.ports import Peers

_log = logging.getLogger(__name__)
KEPT = 1_000
"""Checks remembered at once, the newest."""
_PROBE_S = 15.0


class Asked(Protocol):
    """A check of one person or of a household."""

    @property
    def check_id(self) -> str:
        """By which its operator finds it again."""

    def unreached(self) -> set[str]:
        """Return the bodies whose silence may pass."""

    async def ask_again(self, names: set[str]) -> None:
        """Ask these bodies anew."""

    async def ask_silent_again(self) -> int:
        """Ask every silent body anew; return how many."""


@dataclass(frozen=True)
class _Kept:
    operator: Operator
    check: Asked
    since: float


class RecentChecks:
    """Remembers checks; `run` asks their silent bodies again once they can be reached."""

    def __init__(self, peers: Peers, reask_s: float = REASK_S, probe_s: float = _PROBE_S) -> None:
        self._peers = peers
        self._reask_s = reask_s
        self._probe_s = probe_s
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def keep(self, operator: Operator, check: Asked) -> None:
        """Remember a check and whose it is."""
        self._kept[check.check_id] = _Kept(operator, check, time.monotonic())
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def of(self, operator: Operator, check_id: str) -> Asked:
        """Return one of the operator's own checks; raise `input.field` for any other."""
        kept = self._kept.get(check_id)
        if kept is None or kept.operator != operator:
            raise MagliaError(Code.INPUT_FIELD, field="check_id")
        return kept.check

    async def run(self) -> None:
        """Complete checks until cancelled."""
        while True:
            await asyncio.sleep(self._probe_s)
            try:
                await self.ask_returned()
            except MagliaError as error:
                _log.info("silent bodies not asked again: %s", error)

    async def ask_returned(self) -> None:
        """Probe each silent body once, without a question, and ask those that are back."""
        self._forget_old()
        open_checks = [kept.check for kept in self._kept.values() if kept.check.unreached()]
        silent = {member for check in open_checks for member in check.unreached()}
        back = {member for member in silent if await self._peers.is_reachable(member)}
        for check in open_checks:
            try:
                await check.ask_again(check.unreached() & back)
            except MagliaError as error:
                # May no longer be asked, such as after a consent's withdrawal: logged by whoever refused it.
                _log.info("a check is not asked again: %s", error)
                del self._kept[check.check_id]

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self._reask_s
        for check_id in [check_id for check_id, kept in self._kept.items() if kept.since < oldest]:
            del self._kept[check_id]
