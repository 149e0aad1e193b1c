"""One check while its answers arrive: deadlines, late answers, verification, end states (steps 7, 15 and 16)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from maglia.core.directory import Member
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Answer, Question, sha256
from maglia.core.vocabulary import DEADLINE_S, PROVISIONAL_S, Coverage, EndState, Silence
from maglia.wire.chain import place_of
from maglia.wire.exchange import decode_answer
from node.domain.verdict import CheckState, Outcome, show
from node.endings import OpenQuestions
from node.entries import Entries
from node.ports import Peers, RefusedError, SignedAnswer, SilentError
from node.pulse import Pulse, watch

_log = logging.getLogger(__name__)
_SILENT_CODES: dict[str, Silence] = {
    Code.DIRECTORY_EXPIRED: Silence.METADATA_EXPIRED,
    Code.MEMBER_INACTIVE: Silence.SUSPENDED_HERE,
    Code.MEMBER_CARD: Silence.CARD_EXPIRED,
    Code.VERSION_UNSUPPORTED: Silence.VERSION,
    Code.BUDGET_ANSWER: Silence.OVERLOADED,
}


_PASSING = frozenset(
    {Silence.UNREACHABLE, Silence.DEADLINE, Silence.REFUSED_CONNECTION, Silence.OVERLOADED, Silence.INTERRUPTED}
)


@dataclass(frozen=True)
class Timing:
    """Seconds: when a verdict may be read, when an answer is late, when nobody waits for it any more."""

    provisional_s: float = PROVISIONAL_S
    deadline_s: float = DEADLINE_S
    give_up_s: float = 120.0


@dataclass(frozen=True)
class Planned:
    """A question whose entry is durable. `unreachable` says why it can't even be sent."""

    member: Member
    question: Question
    body: bytes
    entry: bytes
    check_id: str
    unreachable: Silence | None = None


@dataclass(frozen=True)
class _Heard:
    """What became of one question; `signed` and the answering body's `revision` of the rules, where it answered."""

    outcome: Outcome
    signed: SignedAnswer | None = None
    revision: str = ""


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
        self._revision = revision
        self._peers = peers
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

    def unreached(self) -> set[str]:
        """Return the bodies whose question ended without an answer, for a reason that may pass."""
        return {
            name for name, outcome in self._outcomes.items() if outcome.end is not None and outcome.silence in _PASSING
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
            heard = await self._hear(planned)
            await self._log_end(planned, heard)  # 16
            outcome = heard.outcome
        except Exception as error:
            # What may not be in the log is not shown. Its end is not tried again here, as it may be there after all:
            # `Endings` looks, and ends what has none.
            _log.warning("no end state: %s at %s", type(error).__name__, place_of(error))
            outcome = Outcome(planned.member, EndState.SILENT, Silence.INTERRUPTED)
        finally:
            self._open.close([planned.question.question_id])
        self._settle(outcome)

    async def _hear(self, planned: Planned) -> _Heard:
        """Return what became of a question: its answer, verified, or why there is none."""
        asked_at, member = time.monotonic(), planned.member
        try:
            signed = await self._exchange(planned)
            answer = verify_answer(planned, signed)  # 15
        except TimeoutError:
            return _Heard(_silent(member, Silence.DEADLINE))
        except SilentError as error:
            return _Heard(_silent(member, error.reason))
        except (RefusedError, MagliaError) as error:
            reason = _SILENT_CODES.get(error.code, Silence.REFUSED_CONNECTION)
            return _Heard(_silent(member, reason, str(error.code)))
        except Exception as error:
            # Whatever it was, the body must not read as still awaited; a message could hold a person's code.
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            return _Heard(_silent(member, Silence.REFUSED_CONNECTION, Code.NETWORK_ANSWER.value))
        now = time.monotonic()
        end = EndState.LATE if now - asked_at > self._timing.deadline_s else EndState.ANSWERED
        outcome = _outcome(member, answer, end, late=now - self._started > self._timing.deadline_s)
        return _Heard(outcome, signed, answer.policy_revision)

    async def _exchange(self, planned: Planned) -> SignedAnswer:
        if planned.unreachable is not None:
            raise SilentError(planned.unreachable)
        async with asyncio.timeout(self._timing.give_up_s):
            return await self._peers.ask(planned.member.id, planned.question.question_id, planned.body, planned.entry)

    async def _log_end(self, planned: Planned, heard: _Heard) -> None:
        outcome, signed = heard.outcome, heard.signed
        month, found = self._entries.seal_found(bool(outcome.findings))
        await self._entries.write(
            Entry(
                kind=EntryKind.END_STATE,
                time_ms=self._entries.now_ms(),
                peer=planned.member.id,
                question_id=planned.question.question_id,
                question_hash=sha256(planned.body),
                answer_hash=signed.receipt.answer_hash if signed else b"",
                peer_entry=signed.receipt.answerer_entry if signed else b"",
                outcome=outcome.end or "",
                code=outcome.refusal or (outcome.silence or ""),
                policy_revision=heard.revision,
                check_id=planned.check_id,
                evidence=signed.evidence if signed else b"",
                key_month=month,
                shown=found,
            )
        )


def verify_answer(planned: Planned, signed: SignedAnswer) -> Answer:
    """Step 15: the receipt covers this question, this answer and our entry; only then is the answer read.

    Raises `log.receipt` or `network.answer`.
    """
    receipt, question = signed.receipt, planned.question
    if (
        receipt.question_hash != signed.question_hash
        or receipt.answer_hash != sha256(signed.body)
        or receipt.asker_entry != planned.entry
        or (receipt.asker, receipt.question_id) != (question.asker, question.question_id)
    ):
        raise MagliaError(Code.LOG_RECEIPT)
    answer = decode_answer(signed.body)
    if (
        answer.question_id != question.question_id
        or answer.answerer != planned.member.id
        or len(answer.slots) != len(question.subjects)
    ):
        raise MagliaError(Code.NETWORK_ANSWER)
    return answer


def _silent(member: Member, reason: Silence, code: str = "") -> Outcome:
    return Outcome(member, EndState.SILENT, reason, refusal=code)


def _outcome(member: Member, answer: Answer, end: EndState, *, late: bool) -> Outcome:
    if answer.refusal:
        return Outcome(member, EndState.REFUSED, refusal=answer.refusal, late=late)
    return Outcome(
        member,
        end,
        silence=Silence.COVERAGE_PARTIAL if answer.coverage is Coverage.PARTIAL else None,
        findings=tuple(finding for slot in answer.slots for finding in slot),
        late=late,
        omitted=answer.omitted,
    )
