"""Questions to bodies, each logged durably before any is sent (steps 6 and 7 of design 6)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from maglia.core.directory import Directory, Member
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.exchange import QUESTION_ID_BYTES, TAG_BYTES, Question, Subject, creditor_tag, normal_creditor, sha256
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import Facet, Purpose
from maglia.wire.exchange import encode_question
from node.domain.model import OpenNeed, Operator
from node.endings import OpenQuestions
from node.entries import Entries
from node.hearing import Planned
from node.inquiry import Inquiry, LawfulBasis
from node.naming import Named
from node.ports import Policy, Trust


class Topic(Protocol):
    """What a question, or its refusal, is about, without any person."""

    @property
    def purpose(self) -> Purpose:
        """What for."""

    @property
    def facet(self) -> Facet:
        """Which kind of aid."""


@dataclass(frozen=True)
class Frame:
    """What all questions of one check, or of a call for applicants, have in common: no person is in it.

    `flags` are what the log says of the question for whoever looks into it: `node.name_flags`. `again` says that its
    bodies were asked before.
    """

    check_id: str
    purpose: Purpose
    facet: Facet
    months: int
    user: str
    basis: LawfulBasis
    revision: str
    flags: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Posed:
    """One check that may be asked: what, by whom, on what basis and under which rules, of whom, about which subjects.

    `named` is empty until step 5 gives the person and the needs their pseudonyms.
    """

    check_id: str
    inquiry: Inquiry
    operator: Operator
    basis: LawfulBasis
    revision: str
    needs: Sequence[OpenNeed]
    members: Sequence[Member]
    named: Sequence[Named] = ()
    left_out: frozenset[str] = frozenset()
    """Bodies that give such aid and that the consent does not reach."""
    flags: tuple[str, ...] = ()
    """See `Frame`."""
    again: bool = False
    """See `Frame`."""

    @property
    def frame(self) -> Frame:
        """Return what all questions of the check have in common."""
        asked = self.inquiry
        told = self.check_id, asked.purpose, asked.facet, asked.months, self.operator.user
        return Frame(*told, self.basis, self.revision, self.flags, self.again)


class Questions:
    """Composes and logs one body's questions."""

    def __init__(self, me: str, entries: Entries, policy: Policy, trust: Trust, open_questions: OpenQuestions) -> None:
        self._me = me
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._open = open_questions

    async def plan(self, checks: Sequence[Posed], directory: Directory) -> list[list[Planned]]:
        """Return for each check a question to each of its members, every entry durable; raise `log.unavailable`.

        Each check has its members in an order of its own. Every subject has a pseudonym for each of them:
        `node.naming.check_named`. The questions are held open until their check has logged their ends.
        """
        pairs = [(posed, member) for posed in checks for member in _shuffled(posed.members)]
        planned = iter(await self.plan_each([(each.frame, each.named, member) for each, member in pairs], directory))
        return [[next(planned) for _ in posed.members] for posed in checks]

    async def plan_each(
        self, asked: Sequence[tuple[Frame, Sequence[Named], Member]], directory: Directory
    ) -> list[Planned]:
        """Return a question about each group of subjects to its body; durable, and held open, as in `plan`."""
        questions = [self._question(*each, directory) for each in asked]
        bodies = [encode_question(question) for question in questions]
        entries = [
            self._asked(frame, named, question, body)
            for (frame, named, _), question, body in zip(asked, questions, bodies, strict=True)
        ]
        hashes = await self._write(entries) if entries else []
        return [
            Planned(
                member,
                question,
                body,
                entry,
                frame.check_id,
                self._trust.card_state(member.id),
                _places(named, member.id, question),
            )
            for (frame, named, member), question, body, entry in zip(asked, questions, bodies, hashes, strict=True)
        ]

    async def _write(self, entries: Sequence[Entry]) -> list[bytes]:
        """Log questions and hold them open; of those that may not be durable nothing is sent, and nobody awaits any."""
        ids = [entry.question_id for entry in entries]
        self._open.open(ids)
        try:
            return await self._entries.write_all(entries)
        except BaseException:
            self._open.close(ids)
            raise

    async def log_refusals(
        self, topic: Topic, operator: Operator, refusals: Mapping[str, Code], count: int = 0, procedure: str = ""
    ) -> None:
        """Log questions that this body itself refused, each under its check's id, why (law rule 10).

        `count` is of the persons and needs that had been evaluated for it, where they are many.
        """
        entries = [
            Entry(
                kind=EntryKind.REFUSED,
                time_ms=self._entries.now_ms(),
                purpose=topic.purpose,
                facet=topic.facet,
                procedure=procedure,
                count=count,
                operator=operator.user,
                outcome="refused",
                code=code.value,
                policy_revision=self._policy.revision,
                check_id=check_id,
            )
            for check_id, code in refusals.items()
        ]
        if entries:
            await self._entries.write_all(entries)

    def _question(self, frame: Frame, named: Sequence[Named], member: Member, directory: Directory) -> Question:
        """Return one body's question: nothing in it is common to two bodies but what is asked."""
        subjects = [_subject(each, member.id) for each in named]
        secrets.SystemRandom().shuffle(subjects)
        return Question(
            question_id=secrets.token_bytes(QUESTION_ID_BYTES),
            asker=self._me,
            addressee=member.id,
            purpose=frame.purpose,
            facet=frame.facet,
            months=frame.months,
            basis=frame.basis.kind,
            has_case=bool(frame.basis.case_protocol),
            procedure=_name(frame.basis.procedure),
            # Of the keys that made the pseudonyms: under another epoch they would read as nothing known.
            epoch=named[0].epoch,
            directory_version=directory.version,
            subjects=tuple(subjects),
            again=frame.again,
        )

    def _asked(self, frame: Frame, named: Sequence[Named], question: Question, body: bytes) -> Entry:
        month, sealed = self._entries.seal([each.pseudonyms[self._me] for each in named])
        return Entry(
            kind=EntryKind.ASKED,
            time_ms=self._entries.now_ms(),
            peer=question.addressee,
            question_id=question.question_id,
            purpose=question.purpose,
            facet=question.facet,
            basis=question.basis,
            procedure=question.procedure,
            operator=frame.user,
            question_hash=sha256(body),
            policy_revision=frame.revision,
            directory_version=question.directory_version,
            count=len(question.subjects),
            key_month=month,
            sealed=sealed,
            check_id=frame.check_id,
            signals=frame.flags,
            epoch=question.epoch,
            evaluation=next((each.evaluation for each in named if each.evaluation), b""),
        )


def _shuffled(members: Sequence[Member]) -> list[Member]:
    return secrets.SystemRandom().sample(members, len(members))


def _name(called: Procedure | None) -> str:
    return called.id if called else ""


def _places(named: Sequence[Named], member: str, question: Question) -> tuple[int, ...]:
    """Return where each subject stands among those named: the question has them in an order of its own."""
    place = {(each.cls, each.pseudonyms[member]): number for number, each in enumerate(named)}
    return tuple(place[subject.cls, subject.pseudonym] for subject in question.subjects)


def _subject(named: Named, member: str) -> Subject:
    pseudonym = named.pseudonyms[member]
    # A random tag where there is no creditor: its absence is nobody's business.
    has_creditor = bool(normal_creditor(named.creditor))
    tag = creditor_tag(pseudonym, named.creditor) if has_creditor else secrets.token_bytes(TAG_BYTES)
    return Subject(pseudonym, named.cls, tag, *named.period)
