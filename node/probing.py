"""Trying every other body at once: who is reached, who is silent and why; nothing is asked, nobody waits long.

Anybody of the body's staff may have it done, so one trial serves all who ask within half a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from maglia.core.directory import Member
from maglia.core.elapsed import seconds_passed
from maglia.core.errors import MagliaError
from maglia.core.vocabulary import Silence
from node.hearing import silence_of
from node.ports import RefusedError, SilentError, Trust

_WITHIN_S = 5.0
"""Who was not reached by then is silent: by the deadline of a check too."""
_AT_ONCE = 128
_KEPT_S = 30.0


@dataclass(frozen=True)
class Probed:
    """How many other bodies are active, and those that were not reached, by name."""

    members: int
    silent: tuple[tuple[str, Silence], ...]


class Probing:
    """Tries the bodies of the directory, each by `probe`, which raises why one is silent.

    `within_s` bounds a trial, `kept_s` is how long it is told again.
    """

    def __init__(
        self,
        me: str,
        trust: Trust,
        probe: Callable[[str], Awaitable[None]],
        within_s: float = _WITHIN_S,
        kept_s: float = _KEPT_S,
        passed: Callable[[], float] = seconds_passed,
    ) -> None:
        self._me = me
        self._trust = trust
        self._reach = probe
        self._within_s = within_s
        self._kept_s = kept_s
        self._passed = passed
        self._last: Probed | None = None
        self._last_at = 0.0
        self._turn = asyncio.Lock()

    async def probed(self) -> Probed:
        """Return what a trial found now, or a short while ago; raise `directory.expired`."""
        async with self._turn:
            if self._last is None or self._passed() - self._last_at >= self._kept_s:
                self._last = await self._try_all()
                self._last_at = self._passed()
            return self._last

    async def _try_all(self) -> Probed:
        others = [member for member in self._trust.directory().active() if member.id != self._me]
        few, ends_at = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop().time() + self._within_s
        reasons = await asyncio.gather(*(self._try(member, few, ends_at) for member in others))
        silent = [(member.name, why) for member, why in zip(others, reasons, strict=True) if why is not None]
        return Probed(len(others), tuple(sorted(silent, key=lambda one: one[0].casefold())))

    async def _try(self, member: Member, few: asyncio.Semaphore, ends_at: float) -> Silence | None:
        state = self._trust.card_state(member.id)
        if state is not None:
            return state
        try:
            async with asyncio.timeout_at(ends_at), few:
                await self._reach(member.id)
        except TimeoutError:
            return Silence.DEADLINE
        except SilentError as error:
            return error.reason
        except (RefusedError, MagliaError) as error:
            return silence_of(str(error.code))
        return None
