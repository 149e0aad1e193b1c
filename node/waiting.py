"""Checks that are filed for later, when the network is away, and the operator's own checks of the last 72 hours.

A deferred check is made when the network is back, under its operator's name: role, basis, rules and budget are looked
up then, and it is logged then, as any other. What came of it is told by a notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from maglia.core.codes import Code
from maglia.core.errors import MagliaError
from maglia.core.notices import NoticeKind
from maglia.core.vocabulary import REASK_S, Role
from node.ask import HOUSEHOLD, Asking, new_check_id
from node.checks.asked import Recent
from node.checks.check import Check
from node.checks.kept import deferred, household_inquiry_of, inquiry_of
from node.checks.late_answers import LateAnswers
from node.checks.recent import JUMP_S, RecentChecks
from node.domain.inbox import Notice
from node.domain.late import figures, seen
from node.domain.model import Operator
from node.domain.waiting import KeptCheck, Stage, may_pass
from node.household import HouseholdCheck
from node.inbox import Inbox
from node.inquiry import HouseholdInquiry, Inquiry
from node.needs import Balances
from node.ports import Clock, Peers, Store, Trust

_log = logging.getLogger(__name__)
_EVERY_S = 15.0
_LONGEST_WAIT_S = 900.0
_AT_ONCE = 1_000
_LONGEST_KEY = 64


@dataclass(frozen=True)
class Standing:
    """One of an operator's checks: as it is filed, and, once somebody was asked, the check itself."""

    kept: KeptCheck
    check: Check | HouseholdCheck | None
    left_s: float


class Waiting:
    """Makes deferred checks when it can, and finds checks again."""

    def __init__(
        self,
        me: str,
        store: Store,
        asking: Asking,
        recent: RecentChecks,
        peers: Peers,
        trust: Trust,
        clock: Clock,
        inbox: Inbox,
        answers: LateAnswers,
        every_s: float = _EVERY_S,
        longest_s: float = REASK_S,
        may_ask: Callable[[Role], None] = lambda _: None,
    ) -> None:
        """`may_ask` raises for a role that the rules in force let ask nobody."""
        self._me = me
        self._store = store
        self._asking = asking
        self._recent = recent
        self._peers = peers
        self._trust = trust
        self._clock = clock
        self._inbox = inbox
        self._answers = answers
        self._may_ask = may_ask
        self._every_s = every_s
        self._longest_s = longest_s
        self._balances = Balances(store, clock)
        self._wake = asyncio.Event()
        self._tries: dict[str, tuple[int, float]] = {}
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._both_clocks: tuple[float, float] | None = None

    def defer(self, inquiry: Inquiry | HouseholdInquiry, operator: Operator, key: str = "") -> str:
        """File a check, durably, and return its id; under a `key` that the operator used before, that one's.

        Raises `input.field` for a key above 64 characters, `storage.*`.
        """
        if len(key) > _LONGEST_KEY:
            raise MagliaError(Code.INPUT_FIELD, field="key")
        if isinstance(inquiry, HouseholdInquiry):
            check_id, ids = new_check_id(HOUSEHOLD), [new_check_id() for _ in inquiry.persons]
        else:
            ids = [check_id := new_check_id()]
        filed = self._store.defer_check(deferred(inquiry, check_id, ids, operator.user, self._clock.now()), key)
        self._wake.set()
        return filed

    def standing(self, operator: Operator, check_id: str) -> Standing:
        """Return one of the operator's own checks as it stands; raise `input.check_unknown` for any other."""
        self._recent.save()
        kept = self._store.kept_check(check_id)
        left = self._longest_s - kept.waited(self._clock.now()) if kept else 0.0
        if kept is None or kept.user != operator.user or left < 0:
            raise MagliaError(Code.INPUT_CHECK_UNKNOWN)
        if not any(person.asked for person in kept.persons):
            return Standing(kept, None, left)
        check = self._recent.of(operator, check_id)
        return Standing(kept, check if isinstance(check, Check | HouseholdCheck) else None, left)

    def standings(self, operator: Operator) -> Sequence[KeptCheck]:
        """Return the operator's own checks, the newest first."""
        self._recent.save()
        now = self._clock.now()
        return [kept for kept in self._store.kept_checks(operator.user) if kept.waited(now) <= self._longest_s]

    async def run(self) -> None:
        """Make deferred checks until cancelled."""
        while True:
            self._wake.clear()
            try:
                for recent in self._recent.untold():  # of an earlier process too
                    self._tell_later(recent)
                await self.make_due()
            except MagliaError as error:
                _log.info("deferred checks not made: %s", error)
            try:
                async with asyncio.timeout(self._every_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def make_due(self) -> None:
        """Make the deferred checks that can be made now, the oldest first."""
        self._note_jump()
        now = self._recent.seconds()
        filed = self._store.open_checks(Stage.DEFERRED, _AT_ONCE)
        there: dict[str, bool] = {}
        for kept in sorted(filed, key=lambda one: one.asked_at):
            if kept.waited(self._clock.now()) > self._longest_s:
                self._end(kept, kept.reason or Code.NETWORK_UNREACHABLE)
            elif self._tries.get(kept.check_id, (0, 0.0))[1] <= now:
                await self._make(kept, there)

    def _note_jump(self) -> None:
        """File anew how long each has waited when the clock was set: a wrong one is set as the network comes back."""
        clock, passed = self._clock.now(), self._recent.seconds()
        before, since = self._both_clocks or (clock, passed)
        if abs((clock - before) - (passed - since)) > JUMP_S:
            filed = self._store.open_checks(Stage.DEFERRED, _AT_ONCE)
            waited = {kept.check_id: kept.waited(before) + passed - since for kept in filed}
            self._store.keep_checks([replace(kept, waited_s=waited[kept.check_id], noted_at=clock) for kept in filed])
        self._both_clocks = clock, passed

    async def _make(self, kept: KeptCheck, there: dict[str, bool]) -> None:
        """Ask the network, unless nobody of it is there; whatever may pass leaves the check as it was filed."""
        known = self._store.operator(kept.user)
        if known is None:
            self._end(kept, Code.SESSION_CREDENTIALS)
            return
        try:
            self._may_ask(known[0].role)
            if not await self._is_somebody_there(kept, there):
                self._note_why(kept, Code.NETWORK_UNREACHABLE)  # looked for at each round: the counter awaits them
                return
            check = await self._ask(kept, known[0])
        except MagliaError as error:
            if not may_pass(error.code):
                self._end(kept, error.code)
                return
            self._try_later(kept, error.code)
            return
        self._tries.pop(kept.check_id, None)
        waited = kept.waited(self._clock.now())
        recent = self._recent.keep(known[0], check, waited_s=waited, asked_at=kept.asked_at, untold=True)
        self._tell_later(recent)

    async def _ask(self, kept: KeptCheck, operator: Operator) -> Check | HouseholdCheck:
        if kept.is_household:
            return await self._asking.start_household(household_inquiry_of(kept), operator, kept.check_id)
        inquiry = inquiry_of(kept)
        assert inquiry is not None, "a single person is asked about by code"  # noqa: S101 - `read_inquiry` has one
        return await self._asking.start(self._balances.about_need_on_file(inquiry), operator, kept.check_id)

    async def _is_somebody_there(self, kept: KeptCheck, there: dict[str, bool]) -> bool:
        """Return whether anybody who would be asked can be reached: otherwise a question would only be logged.

        `there` holds what was seen in this round. Raises `directory.expired`.
        """
        members = [member.id for member in self._trust.directory().asked_about(kept.facet, self._me)]
        unseen = [member for member in members if member not in there]
        found = await asyncio.gather(*map(self._peers.is_reachable, unseen))
        there.update(zip(unseen, found, strict=True))
        return not members or any(there[member] for member in members)

    def _try_later(self, kept: KeptCheck, code: Code) -> None:
        tries = self._tries.get(kept.check_id, (0, 0.0))[0]
        wait = min(self._every_s * 2**tries, _LONGEST_WAIT_S)
        self._tries[kept.check_id] = tries + 1, self._recent.seconds() + wait
        self._note_why(kept, code)

    def _note_why(self, kept: KeptCheck, code: Code) -> None:
        if code is not kept.reason:
            self._store.keep_checks([replace(kept, reason=code)])

    def _end(self, kept: KeptCheck, code: Code) -> None:
        """File that nobody will be asked, and tell the operator."""
        self._tries.pop(kept.check_id, None)
        self._store.keep_checks([replace(kept, stage=Stage.ENDED, is_open=False, untold=False, reason=code)])
        told = {"asked_at": int(kept.asked_at * 1000), "code": code.value}
        self._inbox.put(Notice(NoticeKind.DEFERRED_REFUSED, kept.user, kept.check_id, told))

    def _tell_later(self, recent: Recent) -> None:
        check_id = recent.check.check_id
        if check_id not in self._telling:
            task = asyncio.create_task(self._tell_made(recent), name="tell of a deferred check")
            self._telling[check_id] = task
            task.add_done_callback(lambda _: self._telling.pop(check_id))

    async def _tell_made(self, recent: Recent) -> None:
        """Wait until the verdict may be read, and tell it."""
        check, user = recent.check, recent.operator.user
        with self._answers.after(check, user, recent.asked_at) as shown:
            async for state in check.states(follow=False):
                shown(state)
            told = figures(recent.asked_at, seen(check.state()))
            self._inbox.put(Notice(NoticeKind.DEFERRED_DONE, user, check.check_id, told))
        self._recent.told(recent)
