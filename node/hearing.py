"""What became of one question: its answer, verified, or why there is none, and the one end state of it in the log.

Steps 15 and 16 of design 6, for a check's questions and for those of a call for applicants alike.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from maglia.core.directory import Member
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Answer, Question, sha256
from maglia.core.vocabulary import DEADLINE_S, PROVISIONAL_S, Coverage, EndState, Silence
from maglia.wire.chain import place_of
from maglia.wire.exchange import decode_answer
from node.entries import Entries
from node.ports import Peers, RefusedError, SignedAnswer, SilentError

_log = logging.getLogger(__name__)
_SILENT_CODES: dict[str, Silence] = {
    Code.DIRECTORY_EXPIRED: Silence.METADATA_EXPIRED,
    Code.MEMBER_INACTIVE: Silence.SUSPENDED_HERE,
    Code.MEMBER_CARD: Silence.CARD_EXPIRED,
    Code.VERSION_UNSUPPORTED: Silence.VERSION,
    Code.BUDGET_ANSWER: Silence.OVERLOADED,
}

PASSING = frozenset(
    {
        Silence.UNREACHABLE,
        Silence.DEADLINE,
        Silence.REFUSED_CONNECTION,
        Silence.OVERLOADED,
        Silence.INTERRUPTED,
        Silence.CARD_EXPIRED,
        Silence.NOT_JOINED,
        Silence.METADATA_EXPIRED,
    }
)
"""Silences that may be over when the body is asked again.

A machine that was off for a night has no current metadata in its first seconds, one that was off for weeks no card.
"""


@dataclass(frozen=True)
class Timing:
    """Seconds: when a verdict may be read, when an answer is late, when nobody waits for it any more."""

    provisional_s: float = PROVISIONAL_S
    deadline_s: float = DEADLINE_S
    give_up_s: float = 120.0


@dataclass(frozen=True)
class Planned:
    """A question whose entry is durable. `unreachable` says why it can't even be sent.

    `places` says of each subject, in the order asked, where it stands in the check: 0 the person, 1 its first need.
    """

    member: Member
    question: Question
    body: bytes
    entry: bytes
    check_id: str
    unreachable: Silence | None = None
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Heard:
    """What became of one question: the body's `answer` and what it `signed`, or else the silence and a code.

    `end` is late where the answer came after the deadline.
    """

    end: EndState
    silence: Silence | None = None
    code: str = ""
    answer: Answer | None = None
    signed: SignedAnswer | None = None

    @property
    def is_found(self) -> bool:
        """Whether the answer shows anything."""
        return self.answer is not None and not self.code and any(self.answer.slots)


def silence_of(code: str) -> Silence:
    """Return why a body is silent that refused with a code, or can't be called for it."""
    return _SILENT_CODES.get(code, Silence.REFUSED_CONNECTION)


class Hearing:
    """Awaits the answers to one body's questions."""

    def __init__(self, peers: Peers, entries: Entries, timing: Timing) -> None:
        self._peers = peers
        self._entries = entries
        self._timing = timing

    async def hear(self, planned: Planned) -> Heard:
        """Return what became of a question that is sent now; never raises but when cancelled."""
        asked_at = time.monotonic()
        try:
            signed = await self._exchange(planned)
            answer = verify_answer(planned, signed)  # 15
        except TimeoutError:
            return _silent(Silence.DEADLINE)
        except SilentError as error:
            return _silent(error.reason)
        except (RefusedError, MagliaError) as error:
            return _silent(silence_of(str(error.code)), str(error.code))
        except Exception as error:
            # Whatever it was, the body must not read as still awaited; a message could hold a person's code.
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            return _silent(Silence.REFUSED_CONNECTION, Code.NETWORK_ANSWER.value)
        if answer.refusal:
            return Heard(EndState.REFUSED, code=answer.refusal, answer=answer, signed=signed)
        is_late = time.monotonic() - asked_at > self._timing.deadline_s
        silence = Silence.COVERAGE_PARTIAL if answer.coverage is Coverage.PARTIAL else None
        end = EndState.LATE if is_late else EndState.ANSWERED
        return Heard(end, silence, answer=answer, signed=signed)

    async def _exchange(self, planned: Planned) -> SignedAnswer:
        if planned.unreachable is not None:
            raise SilentError(planned.unreachable)
        async with asyncio.timeout(self._timing.give_up_s):
            return await self._peers.ask(planned.member.id, planned.question.question_id, planned.body, planned.entry)

    def end_of(self, planned: Planned, heard: Heard) -> Entry:
        """Return the entry of a question's one end state (16)."""
        signed = heard.signed
        month, found = self._entries.seal_found(heard.is_found)
        return Entry(
            kind=EntryKind.END_STATE,
            time_ms=self._entries.now_ms(),
            peer=planned.member.id,
            question_id=planned.question.question_id,
            question_hash=sha256(planned.body),
            answer_hash=signed.receipt.answer_hash if signed else b"",
            peer_entry=signed.receipt.answerer_entry if signed else b"",
            outcome=heard.end,
            code=heard.code or (heard.silence or ""),
            policy_revision=heard.answer.policy_revision if heard.answer else "",
            check_id=planned.check_id,
            evidence=signed.evidence if signed else b"",
            key_month=month,
            shown=found,
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


def _silent(reason: Silence, code: str = "") -> Heard:
    return Heard(EndState.SILENT, reason, code)
