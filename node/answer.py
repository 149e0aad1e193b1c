"""Answering another body's question: steps 8 to 14 of design 6, in order.

A hidden record and an absent one take the same path: every pseudonym is looked up, every question goes to policy
(`releasing`), every answer has a slot of the same size for each pseudonym and one sealed record of the same size in the
log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from maglia.core.directory import Directory, Member
from maglia.core.disclosed import mark_of
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import Answer, BoundQuestion, Question, Receipt, sha256
from maglia.core.vocabulary import ANSWERS_A_DAY, Basis, Coverage, EndState, PseudonymClass
from maglia.wire.evidence import decode_bound
from maglia.wire.exchange import decode_question, encode_answer
from node.domain.budget import ANSWERS
from node.domain.retention import Terms
from node.entries import Entries
from node.ports import Clock, Policy, Store, Trust
from node.procedures import Procedures
from node.releasing import Releasing


@dataclass
class Stream:
    """One open stream: its challenge, and how many questions it has carried. So no clock and no replay table."""

    asker: str
    challenge: bytes
    sequence: int = 0


@dataclass(frozen=True)
class Received:
    """A question as it came: what its asker signed, verified; the body beside it; the envelope as logs keep it."""

    payload: bytes
    body: bytes = field(repr=False)
    evidence: bytes = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """A question that was read: what it asks, what its asker signed of it, the hash of that, and its evidence."""

    question: Question
    bound: BoundQuestion
    signed_hash: bytes
    evidence: bytes = field(repr=False)


@dataclass(frozen=True)
class Answered:
    """An answer whose entry is durable: the receipt to sign, and the body that goes beside it."""

    receipt: Receipt
    body: bytes = field(repr=False)


class Answering:
    """Answers questions for one body."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        clock: Clock,
        terms: Callable[[], Terms],
        daily_limit: int = ANSWERS_A_DAY,
        told_late: Callable[[Collection[str]], None] | None = None,
    ) -> None:
        """`terms` says for how long records may answer now; `told_late` hears which were shown to who asked again."""
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._clock = clock
        self._daily_limit = daily_limit
        self._told_late = told_late
        self._procedures = Procedures(store, trust, clock)
        self._releasing = Releasing(store, policy, clock, terms)

    def read(self, received: Received, stream: Stream) -> Asked:
        """Steps 8 and 9, after the envelope's signature: freshness, the body's hash, addressee.

        Raises `member.*`, `input.*` or `version.*`; the stream's sequence advances only with a fresh question.
        """
        bound = decode_bound(received.payload)
        if bound.challenge != stream.challenge or bound.sequence != stream.sequence + 1:
            raise MagliaError(Code.MEMBER_STALE)
        stream.sequence = bound.sequence
        if sha256(received.body) != bound.body_hash:
            raise MagliaError(Code.MEMBER_SIGNATURE, cause="another body than was signed")
        question = decode_question(received.body)
        if (question.asker, question.addressee) != (stream.asker, self._me):
            raise MagliaError(Code.MEMBER_ADDRESSEE)
        if (bound.addressee, bound.question_id) != (question.addressee, question.question_id):
            raise MagliaError(Code.MEMBER_ADDRESSEE, cause="signed for another body or id")
        return Asked(question, bound, sha256(received.payload), received.evidence)

    async def answer(self, asked: Asked) -> Answered:
        """Steps 8 to 14 for a question that was read.

        Raises `policy.unavailable`, `log.*`, `storage.*` or `directory.expired`.
        """
        question, records = asked.question, frozenset[str]()
        try:
            self._entries.require_witnessed()
            self._entries.require_room_for_others()
            directory = self._trust.directory()
            asker = directory.member(question.asker)  # 8
            self._check_entitled(asker, question, directory)
            self._spend(asker, question)  # 10
            answer, records = await self._decide(asker, question, directory)  # 11, 12
        except MagliaError as error:
            if error.code not in ANSWERED_REFUSALS:
                await self._entries.write(self._entry(asked, EntryKind.REFUSED, code=error.code.value))
                raise
            answer = self._refusal(question, directory, error.code, self._policy.revision)
        answered = await self._sign_off(asked, answer)  # 13, 14
        if question.again and records and self._told_late is not None:
            # After the answer, which it must not hold up.
            asyncio.get_running_loop().call_soon(self._told_late, records)
        return answered

    def _check_entitled(self, asker: Member, question: Question, directory: Directory) -> None:
        if question.purpose not in asker.purposes:
            raise MagliaError(Code.MEMBER_NOT_ENTITLED)
        # Of an epoch not in use nobody is enrolled: looked up, the pseudonym would read as nothing known.
        if question.epoch not in directory.epochs.all:
            raise MagliaError(Code.PSEUDONYM_EPOCH)

    def _spend(self, asker: Member, question: Question) -> None:
        if question.procedure:
            self._spend_in_procedure(asker, question)
            return
        persons = [subject.pseudonym for subject in question.subjects]
        if not self._store.spend(ANSWERS, question.asker, self._clock.today(), persons, self._daily_limit):
            raise MagliaError(Code.BUDGET_ANSWER, limit=self._daily_limit)

    def _spend_in_procedure(self, asker: Member, question: Question) -> None:
        """Count on the cap of a procedure that was verified here; it is a proof of public task and of nothing else."""
        if question.basis is not Basis.PUBLIC_TASK:
            raise MagliaError(Code.POLICY_BASIS)
        called = self._procedures.open(question.procedure, asker)
        asked: dict[PseudonymClass, list[bytes]] = {}
        for subject in question.subjects:
            asked.setdefault(subject.cls, []).append(subject.pseudonym)
        self._procedures.spend(called, asker.id, asked)

    async def _decide(self, asker: Member, question: Question, directory: Directory) -> tuple[Answer, frozenset[str]]:
        """Return the answer, and the records that are in it."""
        me = directory.member(self._me)
        coverage = self._coverage(question.epoch)  # before the look-up: whoever is enrolled meanwhile was not found
        told = await self._releasing.decide(asker, me, question)  # 11, 12
        if not told.ruling.allow:
            return self._refusal(question, directory, told.ruling.reason, told.ruling.revision), frozenset()
        answer = Answer(
            question_id=question.question_id,
            answerer=self._me,
            coverage=coverage,
            slots=tuple(told.slots),
            policy_revision=told.ruling.revision,
            directory_version=directory.version,
            checkpoint=self._entries.checkpoint(),
        )
        return answer, told.records

    def _coverage(self, epoch: int) -> Coverage:
        return Coverage.PARTIAL if self._store.awaiting_count(epoch) else Coverage.FULL

    def _refusal(self, question: Question, directory: Directory, code: Code, revision: str) -> Answer:
        return Answer(
            question_id=question.question_id,
            answerer=self._me,
            coverage=Coverage.PARTIAL,
            slots=tuple(() for _ in question.subjects),
            policy_revision=revision,
            directory_version=directory.version,
            refusal=code.value,
            checkpoint=self._entries.checkpoint(),
        )

    async def _sign_off(self, asked: Asked, answer: Answer) -> Answered:
        body = encode_answer(answer)
        kind = EntryKind.REFUSED if answer.refusal else EntryKind.ANSWERED
        entry = self._entry(asked, kind, code=answer.refusal, answer_hash=sha256(body), answer=answer)
        logged = await self._entries.write(entry)  # 13
        question, asker_entry = asked.question, asked.bound.asker_entry
        receipt = Receipt(
            asked.signed_hash, entry.answer_hash, asker_entry, logged, question.asker, question.question_id
        )
        return Answered(receipt, body)  # 14

    def _entry(
        self,
        asked: Asked,
        kind: EntryKind,
        *,
        code: str = "",
        answer_hash: bytes = b"",
        answer: Answer | None = None,
    ) -> Entry:
        question = asked.question
        month, sealed = self._entries.seal([subject.pseudonym for subject in question.subjects])
        slots = answer.slots if answer else [()] * len(question.subjects)
        return Entry(
            kind=kind,
            time_ms=self._entries.now_ms(),
            peer=question.asker,
            question_id=question.question_id,
            purpose=question.purpose,
            facet=question.facet,
            basis=question.basis,
            procedure=self._procedures.declared(question.procedure),
            question_hash=asked.bound.body_hash,
            answer_hash=answer_hash,
            peer_entry=asked.bound.asker_entry,
            outcome=EndState.REFUSED if code else EndState.ANSWERED,
            code=code,
            policy_revision=answer.policy_revision if answer else self._policy.revision,
            directory_version=question.directory_version,
            count=len(question.subjects),
            key_month=month,
            sealed=sealed,
            shown=self._entries.seal_shown(month, [mark_of(slot) for slot in slots]),
            evidence=asked.evidence,
        )


ANSWERED_REFUSALS = frozenset(
    {
        Code.MEMBER_NOT_ENTITLED,
        Code.PSEUDONYM_EPOCH,
        Code.BUDGET_ANSWER,
        Code.BUDGET_PROCEDURE,
        Code.INPUT_PROCEDURE,
        Code.POLICY_PROCEDURE_EXPIRED,
        Code.POLICY_PROCEDURE_MEMBER,
        Code.POLICY_BASIS,
    }
)
"""Refusals that are answers: signed, with a receipt. Others are failures of this body and count as silence."""
