"""Checks of the last 72 hours: found again by their operator, and completed when silent bodies return (design 6).

What is known of each is also filed, a second later, so that a restart forgets nobody who was silent. Questions are not:
each is signed anew, after role, basis, rules and budget were looked up anew. For how long a check is kept is counted in
seconds passed, those asleep too, and not by the wall clock, which people set.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import REASK_S
from node.checks.asked import Asked, File, Following, Recent
from node.checks.kept import asked_by
from node.checks.pace import LONGEST_WAIT_S, Pace
from node.domain.model import Operator
from node.domain.waiting import KeptCheck, Stage, may_pass
from node.ports import Peers

_log = logging.getLogger(__name__)
KEPT = 1_000
"""Checks held in memory at once."""
_PROBE_S = 15.0
_SAVE_S = 1.0
JUMP_S = 60.0
"""By how much the clock and the seconds passed may differ from one round to the next before the clock was set."""
_AWAY = 3
"""Checks that fail for want of a network before a round ends."""


class RecentChecks:
    """Remembers checks; `run` asks their silent bodies again once they can be reached."""

    def __init__(
        self,
        peers: Peers,
        reask_s: float = REASK_S,
        probe_s: float = _PROBE_S,
        file: File | None = None,
        seconds: Callable[[], float] | None = None,
        following: Following | None = None,
    ) -> None:
        """`seconds` never goes back, and counts those asleep."""
        self._peers = peers
        self._reask_s = reask_s
        self._probe_s = probe_s
        self._file = file
        self._following = following
        self.seconds = seconds or _awake
        self._kept: OrderedDict[str, Recent] = OrderedDict()
        self._alive: WeakValueDictionary[str, Recent] = WeakValueDictionary()
        """Also those that made room for others while a console still watches them."""
        self._changed: dict[str, Recent] = {}
        self._some_unread = file is not None
        self._read_to = ""
        self._both_clocks: tuple[float, float] | None = None

    def keep(
        self, operator: Operator, check: Asked, *, waited_s: float = 0.0, asked_at: float = 0.0, untold: bool = False
    ) -> Recent:
        """Remember a check and whose it is; one that was filed `waited_s` ago waited already.

        Of one that is `untold` its operator hears only by `told`, whatever comes between.
        """
        when = asked_at or (self._file.now() if self._file else 0.0)
        recent = Recent(operator, check, self.seconds() - waited_s, when, untold=untold)
        self._remember(recent)
        self._changed[check.check_id] = recent
        if untold:  # what is filed of it says that nobody was asked yet
            self.save()
        return recent

    def of(self, operator: Operator, check_id: str) -> Asked:
        """Return one of the operator's own checks; raise `input.field` for any other."""
        return self.recent(operator, check_id).check

    def recent(self, operator: Operator, check_id: str) -> Recent:
        """Return one of the operator's own checks and how it stands; raise `input.field` for any other."""
        known = self._alive.get(check_id) or self._from_file(check_id)
        if known is None or known.operator.user != operator.user or self.waited(known) > self._reask_s:
            raise MagliaError(Code.INPUT_FIELD, field="check_id")
        return known

    def untold(self) -> list[Recent]:
        """Return those whose operators are still to be told what came of them."""
        return [recent for recent in self._kept.values() if recent.untold]

    def beside(self, check_id: str, sight: int) -> None:
        """Note under which number a reservation keeps what its operator was shown of a check."""
        if recent := self._alive.get(check_id):
            recent.sight = sight
            self._changed[check_id] = recent
            self.save()

    def told(self, recent: Recent) -> None:
        """Note that its operator was told."""
        recent.untold = False
        self._changed[recent.check.check_id] = recent
        self.save()

    def waited(self, recent: Recent) -> float:
        """Return for how many seconds a check is kept."""
        return self.seconds() - recent.since

    async def run(self) -> None:
        """Complete checks until cancelled."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._complete(), name="ask silent bodies again")
                both.create_task(self._keep_saved(), name="save checks")
        finally:
            self.save()

    async def ask_returned(self) -> None:
        """Probe each silent body once, without a question, and ask those that are back."""
        self._read_open()
        self._forget_old()
        now = self.seconds()
        due = [
            recent
            for recent in self._kept.values()
            if recent.ended is None and recent.next_at <= now and recent.check.unreached()
        ]
        silent = sorted({member for recent in due for member in recent.check.unreached()})
        reached = await asyncio.gather(*(self._peers.is_reachable(member) for member in silent))
        back = {member for member, is_back in zip(silent, reached, strict=True) if is_back}
        away = 0
        for recent in sorted(due, key=lambda one: one.tries):
            if names := recent.pace.whose_turn(recent.check.unreached() & back, now, self._probe_s):
                away += not await self._ask_again(recent, names)
            if away == _AWAY:  # the office, whom all the others would wait for, one after another
                break
        self.save()

    def save(self) -> None:
        """File what has changed; what can't be is tried again."""
        changed, self._changed = self._changed, {}
        if self._file is None or not changed:
            return
        now = self._file.now()
        try:
            self._file.save([self._as_kept(recent, now) for recent in changed.values()])
        except MagliaError as error:
            _log.warning("checks not saved: %s", error)
            self._changed = changed | self._changed

    async def _complete(self) -> None:
        while True:
            try:
                self.note_jump()
                await self.ask_returned()
            except MagliaError as error:
                _log.info("silent bodies not asked again: %s", error)
            await asyncio.sleep(self._probe_s)

    async def _keep_saved(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_S)
            self.save()

    async def _ask_again(self, recent: Recent, names: set[str]) -> bool:
        """Ask these bodies anew; return whether there was a network to do it."""
        try:
            self._check_works_here(recent)
            await recent.check.ask_again(names)
        except MagliaError as error:
            # Whoever refused it has logged it.
            _log.info("a check is not asked again now: %s", error)
            recent.pace = Pace()  # nobody was asked
            if may_pass(error.code):
                recent.next_at = self.seconds() + min(self._probe_s * 2**recent.tries, LONGEST_WAIT_S)
                recent.tries += 1
            else:
                recent.ended = error.code
                self._changed[recent.check.check_id] = recent
                if self._following is not None:
                    self._following.given_up(recent)
            return error.code not in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE}
        recent.tries = 0
        return True

    def _check_works_here(self, recent: Recent) -> None:
        """Raise `session.*` for who left or may ask no longer; who has another role now asks in that one."""
        if self._file is None:
            return
        operator = self._file.operator(recent.operator.user)
        if operator is None:
            raise MagliaError(Code.SESSION_CREDENTIALS)
        self._file.check_may_ask(operator)
        if operator != recent.operator:
            anew = self._file.resume(self._as_kept(recent, self._file.now()), operator)
            recent.operator = operator
            for person, again in zip(recent.check.persons(), anew.persons(), strict=True):
                if person.check and again.check:
                    person.check.ask_anew = again.check.ask_anew

    def _remember(self, recent: Recent) -> None:
        check_id = recent.check.check_id
        self._kept[check_id] = self._alive[check_id] = recent
        # Held by the check itself: for as long as anybody watches that, it is found again.
        recent.check.listen(lambda: self._changed.update({check_id: recent}))
        if len(self._kept) > KEPT:
            self._make_room()

    def _make_room(self) -> None:
        settled = (check_id for check_id, one in self._kept.items() if one.ended or not one.check.is_open())
        leaves = next(settled, None) or next(iter(self._kept))
        gone = self._kept.pop(leaves)
        self._some_unread |= gone.check.is_open()

    def _read_open(self) -> None:
        """Take up what is filed as open, as far as there is room; where there is none, half of those here make some."""
        if self._file is None or not self._some_unread:
            return
        self.save()
        waiting = [check_id for check_id, one in self._kept.items() if one.check.is_open()]
        if len(waiting) >= KEPT:
            for check_id in waiting[: (KEPT + 1) // 2]:
                del self._kept[check_id]
            waiting = waiting[(KEPT + 1) // 2 :]
        room = KEPT - len(waiting)
        found = self._file.open_checks(room, self._read_to)
        for kept in found:
            known = self._alive.get(kept.check_id)
            if known is not None:
                self._kept[kept.check_id] = known
            else:
                self._take_up(kept)
        # Round and round, while there are more than have room.
        self._some_unread = len(found) == room or bool(self._read_to)
        self._read_to = found[-1].check_id if len(found) == room else ""

    def _from_file(self, check_id: str) -> Recent | None:
        kept = self._file.find(check_id) if self._file else None
        if self._file is None or kept is None or kept.waited(self._file.now()) > self._reask_s:
            return None
        return self._take_up(kept)

    def _take_up(self, kept: KeptCheck) -> Recent | None:
        """Return a filed check as one that goes on, if only to be given up; none of who no longer works here."""
        assert self._file is not None  # noqa: S101 - only what was filed is taken up
        waited, operator = kept.waited(self._file.now()), self._file.operator(kept.user)
        if operator is None:
            self._file.save([replace(kept, stage=Stage.ENDED, is_open=False, reason=Code.SESSION_CREDENTIALS)])
            return None
        check = self._file.resume(kept, operator)
        recent = Recent(operator, check, self.seconds() - waited, kept.asked_at, kept.reason, kept.untold, kept.sight)
        self._remember(recent)
        goes_on = recent.ended is None and waited <= self._reask_s
        if self._following is not None and goes_on and check.is_open():
            self._following.resumed(recent)
        return recent

    def _goes_on(self, recent: Recent) -> bool:
        return self.waited(recent) <= self._reask_s

    def _forget_old(self) -> None:
        old = [check_id for check_id, one in self._kept.items() if not self._goes_on(one)]
        for check_id in old:
            gone = self._kept.pop(check_id)
            self._changed[check_id] = gone  # open no longer
            if self._following is not None and gone.ended is None and gone.check.is_open():
                self._following.given_up(gone)

    def note_jump(self) -> None:
        """File anew how long each check has waited when the clock was set, since that is counted on at a restart."""
        if self._file is None:
            return
        clock, passed = self._file.now(), self.seconds()
        if self._both_clocks and abs((clock - self._both_clocks[0]) - (passed - self._both_clocks[1])) > JUMP_S:
            self._changed |= self._kept
        self._both_clocks = clock, passed

    def _as_kept(self, recent: Recent, now: float) -> KeptCheck:
        kept = asked_by(recent.operator.user, recent.check.check_id, recent.check.persons(), recent.asked_at)
        return replace(
            kept,
            stage=Stage.ENDED if recent.ended else Stage.ASKED,
            waited_s=self.waited(recent),
            noted_at=now,
            is_open=self._goes_on(recent) and (recent.untold or (recent.ended is None and recent.check.is_open())),
            reason=recent.ended,
            untold=recent.untold,
            sight=recent.sight,
        )


def _awake() -> float:
    return time.monotonic()
