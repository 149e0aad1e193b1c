"""What the rules in force say whoever asks: evaluated once for each revision, and kept with it.

What was decided stays while the engine is down, since the rules in force are the same; under another revision nothing
of it counts, and until the engine has answered under that one there is no ruling.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from maglia.core.errors import MagliaError
from node.ports import Policy, Ruling

AGAIN_S = 0.5
"""Pause before another look at whether the ruling is of the revision in use."""
_log = logging.getLogger(__name__)


class InForce:
    """One decision over one document; neither depends on any question."""

    def __init__(self, policy: Policy, decision: str, document: Mapping[str, object]) -> None:
        self._policy = policy
        self._decision = decision
        self._document = document
        self._kept: Ruling | None = None
        self._told = ""

    def ruling(self) -> Ruling | None:
        """Return the ruling under the revision in use, None when there is none; it is one that allows."""
        kept = self._kept
        return kept if kept is not None and kept.revision == self._policy.revision else None

    async def renew(self) -> None:
        """Evaluate under the revision in use, unless that is done; a failure leaves no ruling, and `run` goes on."""
        if self.ruling() is not None:
            return
        try:
            asked = await self._policy.decide(self._decision, self._document)
        except MagliaError as error:
            self._tell(f"{error}")
            return
        self._tell("" if asked.allow else "denied altogether")
        self._kept = asked if asked.allow else None

    async def run(self) -> None:
        """Keep the ruling that of the revision in use, until cancelled."""
        while True:
            await asyncio.sleep(AGAIN_S)
            await self.renew()

    def _tell(self, failure: str) -> None:
        if failure and failure != self._told:
            _log.warning("no ruling on %s: %s", self._decision, failure)
        self._told = failure
