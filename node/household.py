"""The checks of a household while their answers arrive: one for each adult, watched and asked again together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from node.checks.check import AskedPerson, Check
from node.domain.household import HouseholdState, PersonState, is_of_one_person
from node.inquiry import Inquiry
from node.pulse import Pulse, watch


@dataclass
class Adult:
    """One person of a household: their check, or why there is none; both when it may no longer be asked."""

    check_id: str
    check: Check | None = None
    unverified: Code | None = None
    inquiry: Inquiry | None = None


class HouseholdCheck:
    """Checks that share a pulse. `states` yields what is known of all, each time that it changes for one."""

    def __init__(self, check_id: str, adults: Sequence[Adult], pulse: Pulse) -> None:
        self.check_id = check_id
        self._adults = adults
        self._pulse = pulse

    def state(self) -> HouseholdState:
        """Return what is known now."""
        return HouseholdState(
            self.check_id,
            [
                PersonState(adult.check_id, adult.check.state() if adult.check else None, adult.unverified)
                for adult in self._adults
            ],
        )

    def states(self, *, follow: bool) -> AsyncIterator[HouseholdState]:
        """Yield the state as `Check.states` does; once only when nobody was asked about."""
        return watch(self.state, self._pulse, self._until_next_time, follow=follow and bool(self._checks))

    def persons(self) -> list[AskedPerson]:
        """Return everybody entered, in order."""
        return [AskedPerson(one.check_id, one.inquiry, one.check, one.unverified) for one in self._adults]

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every change; see `Pulse.listen`."""
        self._pulse.listen(listener)

    def is_open(self) -> bool:
        """Return whether a body is awaited about anybody, or silent for a reason that may pass."""
        return any(check.is_open() for check in self._askable)

    def unreached(self) -> set[str]:
        """Return the bodies whose question about anybody ended without an answer, for a reason that may pass."""
        return {name for check in self._askable for name in check.unreached()}

    async def ask_again(self, names: set[str]) -> None:
        """Ask these bodies anew about those for whom they did not answer."""
        await self._ask_again(lambda check: check.unreached() & names)

    async def ask_silent_again(self) -> int:
        """Ask every body that was silent about anybody anew, about those; return how many bodies."""
        return len(await self._ask_again(lambda check: check.silent()))

    async def _ask_again(self, whom: Callable[[Check], set[str]]) -> set[str]:
        """Ask anew, each on their own basis: whose consent has ended meanwhile is verified no longer."""
        asked: set[str] = set()
        for adult in self._adults:
            if adult.check is None or adult.unverified:
                continue
            names = whom(adult.check)
            try:
                await adult.check.ask_again(names)
                asked |= names
            except MagliaError as error:
                if not is_of_one_person(error.code):
                    raise
                adult.unverified = error.code
                self._pulse.tell()
        return asked

    @property
    def _checks(self) -> list[Check]:
        return [adult.check for adult in self._adults if adult.check is not None]

    @property
    def _askable(self) -> list[Check]:
        return [adult.check for adult in self._adults if adult.check is not None and adult.unverified is None]

    def _until_next_time(self) -> float | None:
        return min((left for check in self._checks if (left := check.until_next_time()) is not None), default=None)
