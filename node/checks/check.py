"""One check while its answers arrive: deadlines, late answers, end states (steps 7, 15 and 16)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from maglia.core.directory import Member
from maglia.core.errors import Code
from maglia.core.vocabulary import EndState, Silence
from maglia.wire.chain import place_of
from node.domain.model import OpenNeed
from node.domain.verdict import CheckState, Outcome, show
from node.domain.waiting import KeptOutcomes
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import PASSING, Heard, Hearing, Planned, Timing
from node.inquiry import Inquiry
from node.ports import Peers
from node.pulse import Pulse, watch

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AskedPerson:
    """One person of a check: what was asked about them, or why nothing was; no `inquiry` of who has only a name."""

    check_id: str
    inquiry: Inquiry | None
    check: Check | None = None
    unverified: Code | None = None


class Check:
    """One question to the network. `states` yields the whole of what is known, each time that it changes."""

    def __init__(
        self,
        check_id: str,
        revision: str,
        peers: Peers,
        entries: Entries,
        timing: Timing,
        open_questions: OpenQuestions,
        pulse: Pulse | None = None,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        """`left_out` are bodies that the person's consent keeps from being asked."""
        self.check_id = check_id
        self.ask_anew: Callable[[Sequence[Member]], Awaitable[list[Planned]]] | None = None
        self.inquiry: Inquiry | None = None
        self.needs: Sequence[OpenNeed] = ()
        self._revision = revision
        self._hearing = Hearing(peers, entries, timing)
        self._entries = entries
        self._timing = timing
        self._open = open_questions
        self._started = time.monotonic()
        self._outcomes: dict[str, Outcome] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pulse = pulse or Pulse()
        self._left_out = left_out
        self._order = secrets.token_bytes(32)

    def send(self, planned: Sequence[Planned]) -> None:
        """Step 7: ask every body at once."""
        for each in planned:
            if not self._has_answer(each.member):
                self._outcomes[each.member.id] = Outcome(each.member)
            task = asyncio.create_task(self._ask(each), name="question")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._pulse.tell()

    def persons(self) -> list[AskedPerson]:
        """Return whom it is about: one person."""
        return [AskedPerson(self.check_id, self.inquiry, self)]

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every change; see `Pulse.listen`."""
        self._pulse.listen(listener)

    def kept(self) -> KeptOutcomes:
        """Return what is known now, as another process takes it up with `take_up`."""
        return KeptOutcomes(self._revision, self._order, self._left_out, self.needs, tuple(self._outcomes.values()))

    def take_up(self, kept: KeptOutcomes, waited_s: float) -> None:
        """Go on from what an earlier process knew of this check, which was begun `waited_s` ago."""
        self._outcomes = {outcome.member.id: outcome for outcome in kept.outcomes}
        self._order, self.needs = kept.order, kept.needs
        self._started = time.monotonic() - waited_s

    def is_open(self) -> bool:
        """Return whether a body is awaited, or silent for a reason that may pass."""
        return any(outcome.end is None or outcome.silence in PASSING for outcome in self._outcomes.values())

    def unreached(self) -> set[str]:
        """Return the bodies whose question ended without an answer, for a reason that may pass."""
        return {
            name for name, outcome in self._outcomes.items() if outcome.end is not None and outcome.silence in PASSING
        }

    async def ask_silent_again(self) -> int:
        """Ask every silent body anew; return how many."""
        silent = self.silent()
        await self.ask_again(silent)
        return len(silent)

    def silent(self) -> set[str]:
        """Return the bodies that can't be counted on, for whatever reason, and are not awaited."""
        return {name for name, each in self._outcomes.items() if each.silence is not None and each.end is not None}

    async def ask_again(self, names: set[str]) -> None:
        """Ask these bodies anew: new ids, new entries."""
        members = [self._outcomes[name].member for name in sorted(names)]
        if members and self.ask_anew is not None:
            self.send(await self.ask_anew(members))

    def state(self) -> CheckState:
        """Return what is known now; after the provisional time, whoever has not answered is named as silent."""
        elapsed = time.monotonic() - self._started
        outcomes = self._outcomes
        provisional = elapsed >= self._timing.provisional_s
        if provisional:
            outcomes = {
                name: replace(each, silence=Silence.DEADLINE) if each.end is None else each
                for name, each in outcomes.items()
            }
        waiting = elapsed < self._timing.deadline_s and any(each.end is None for each in self._outcomes.values())
        return CheckState(
            check_id=self.check_id,
            outcomes=dict(outcomes),
            policy_revision=self._revision,
            waiting=waiting,
            provisional=provisional or not waiting,
            elapsed_ms=int(elapsed * 1000),
            shown=tuple(show(outcomes.values(), self._order)),
            left_out=self._left_out,
        )

    def states(self, *, follow: bool) -> AsyncIterator[CheckState]:
        """Yield the state at once, at each change, and when a time passes; end at the deadline unless `follow`."""
        return watch(self.state, self._pulse, self.until_next_time, follow=follow)

    def until_next_time(self) -> float | None:
        """Return the seconds to the moment at which the verdict may be read, or nobody is waited for; then None."""
        elapsed = time.monotonic() - self._started
        times = [self._timing.provisional_s, self._timing.deadline_s]
        return next((moment - elapsed + 0.001 for moment in times if moment > elapsed), None)

    def _settle(self, outcome: Outcome) -> None:
        # A body asked again that is silent this time takes nothing back of what it said before.
        if outcome.end is not EndState.SILENT or not self._has_answer(outcome.member):
            self._outcomes[outcome.member.id] = outcome
        self._pulse.tell()

    def _has_answer(self, member: Member) -> bool:
        known = self._outcomes.get(member.id)
        return known is not None and known.has_answer

    async def _ask(self, planned: Planned) -> None:
        """Await one body's answer, verify it, log its one end state, show it."""
        try:
            heard = await self._hearing.hear(planned)  # 15
            is_late = time.monotonic() - self._started > self._timing.deadline_s
            await self._entries.write(self._hearing.end_of(planned, heard))  # 16
            outcome = _outcome(planned, heard, late=is_late)
        except Exception as error:
            # What may not be in the log is not shown. Its end is not tried again here, as it may be there after all:
            # `Endings` looks, and ends what has none.
            _log.warning("no end state: %s at %s", type(error).__name__, place_of(error))
            outcome = Outcome(planned.member, EndState.SILENT, Silence.INTERRUPTED)
        finally:
            self._open.close([planned.question.question_id])
        self._settle(outcome)


def _outcome(planned: Planned, heard: Heard, *, late: bool) -> Outcome:
    """Return what one body's answer is to the check; `late` counts from the check's beginning."""
    member, answer = planned.member, heard.answer
    if answer is None:
        return Outcome(member, heard.end, heard.silence, refusal=heard.code)
    if heard.code:
        return Outcome(member, EndState.REFUSED, refusal=heard.code, late=late)
    places = planned.places or tuple(0 for _ in answer.slots)
    found = [(finding, place) for slot, place in zip(answer.slots, places, strict=True) for finding in slot]
    return Outcome(
        member,
        heard.end,
        heard.silence,
        findings=tuple(finding for finding, _ in found),
        late=late,
        omitted=answer.omitted,
        places=tuple(place for _, place in found),
    )
