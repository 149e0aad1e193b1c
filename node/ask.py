"""Asking the network what is known: steps 1 to 7 and 15 to 17 of design 6, in order."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from maglia.core.directory import Directory, EvaluationKeys, Member
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import (
    QUESTION_ID_BYTES,
    TAG_BYTES,
    Question,
    Subject,
    creditor_tag,
    normal_creditor,
    sha256,
)
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import (
    OPERATOR_PERSONS_A_DAY,
    PUBLIC_KINDS,
    Basis,
    Facet,
    PseudonymClass,
    Purpose,
    facets_of_family,
)
from maglia.wire.exchange import encode_question
from node.check import Check, Planned, Timing
from node.domain.model import Consent, OpenNeed, Operator
from node.domain.retention import months_after
from node.entries import Entries
from node.ports import Clock, Peers, Policy, Ruling, Store, Trust
from node.pseudonyms import Pseudonyms

MAX_NEEDS = 4
"""Needs on file that one check asks about beside the person, the newest first."""


@dataclass(frozen=True)
class Inquiry:
    """What an operator wants to know, valid in form (step 2)."""

    identifier: Identifier
    facet: Facet
    purpose: Purpose
    months: int
    case_protocol: str = ""
    need: Identifier | None = None
    creditor: str = ""


@dataclass(frozen=True)
class LawfulBasis:
    """On what the question rests (step 3). The protocol number stays at this body."""

    kind: Basis
    consent: Consent | None = None
    case_protocol: str = ""


@dataclass(frozen=True)
class _Named:
    """One subject of the check with its pseudonyms for every member of the key set."""

    cls: PseudonymClass
    epoch: int
    pseudonyms: dict[str, bytes] = field(repr=False)
    creditor: str = ""
    period: tuple[date | None, date | None] = (None, None)


class Asking:
    """Asks for one body."""

    def __init__(
        self,
        me: str,
        store: Store,
        entries: Entries,
        policy: Policy,
        trust: Trust,
        peers: Peers,
        pseudonyms: Pseudonyms,
        clock: Clock,
        budget_key: bytes,
        timing: Timing,
    ) -> None:
        self._me = me
        self._store = store
        self._entries = entries
        self._policy = policy
        self._trust = trust
        self._peers = peers
        self._pseudonyms = pseudonyms
        self._clock = clock
        self._budget_key = budget_key
        self._timing = timing

    async def start(self, inquiry: Inquiry, operator: Operator) -> Check:
        """Walk steps 1 to 7 and return the check, whose answers arrive from now on.

        Raises whatever refuses the question; the refusal is logged before it is raised.
        """
        check_id = f"V-{secrets.token_hex(5)}"
        try:
            directory = self._trust.directory()
            basis = self._basis(inquiry, directory)  # 3
            ruling = await self._judge(inquiry, operator, basis, directory)  # 1, 3
            self._spend(inquiry.identifier, operator)  # 4
            named = await self._name(inquiry)  # 5
        except MagliaError as error:
            await self._log_refusal(inquiry, operator, check_id, error)
            raise
        check = Check(check_id, ruling.revision, directory, self._peers, self._entries, self._timing)
        members = directory.asked_about(inquiry.facet, self._me)
        secrets.SystemRandom().shuffle(members)
        check.send(await self._log_questions(check_id, inquiry, operator, basis, named, members, directory))  # 6, 7
        check.ask_anew = lambda again: self._log_questions(
            check_id, inquiry, operator, basis, named, again, self._trust.directory()
        )
        return check

    def _basis(self, inquiry: Inquiry, directory: Directory) -> LawfulBasis:
        if directory.member(self._me).kind in PUBLIC_KINDS:
            protocol = inquiry.case_protocol or self._store.case_for(inquiry.identifier, inquiry.purpose)
            if protocol:
                return LawfulBasis(Basis.PUBLIC_TASK, case_protocol=protocol)
        consent = self._store.consent_for(inquiry.identifier, inquiry.purpose)
        if consent is not None:
            return LawfulBasis(Basis.CONSENT, consent=consent)
        return LawfulBasis(Basis.PUBLIC_TASK if directory.member(self._me).kind in PUBLIC_KINDS else Basis.NONE)

    async def _judge(self, inquiry: Inquiry, operator: Operator, basis: LawfulBasis, directory: Directory) -> Ruling:
        ruling = await self._policy.decide("ask", self._document(inquiry, operator, basis, directory.member(self._me)))
        if not ruling.allow:
            raise MagliaError(ruling.reason)
        return ruling

    def _document(self, inquiry: Inquiry, operator: Operator, basis: LawfulBasis, me: Member) -> dict[str, object]:
        today = self._clock.today()
        consent = basis.consent and {
            "purposes": sorted(basis.consent.purposes),
            "notice_version": basis.consent.notice_version,
            "language": basis.consent.language,
            "age_days": (today - basis.consent.day).days,
        }
        return {
            "asker": {"kind": me.kind.value, "purposes": sorted(me.purposes), "facets": sorted(me.facets)},
            "operator": {"role": operator.role.value},
            "query": {
                "purpose": inquiry.purpose.value,
                "facet": inquiry.facet.value,
                "months": inquiry.months,
                "basis": {
                    "kind": basis.kind.value,
                    "case": bool(basis.case_protocol),
                    "procedure": False,
                    "consent": consent,
                },
            },
            "day": today.isoformat(),
        }

    def _spend(self, identifier: Identifier, operator: Operator) -> None:
        limit = OPERATOR_PERSONS_A_DAY[operator.role]
        # The budget counts persons without holding them: a keyed hash, its key outside the database.
        person = hmac.digest(self._budget_key, identifier.pseudonym_input(), hashlib.sha256)[:16]
        if not self._store.spend("operator", operator.user, self._clock.today(), [person], limit):
            raise MagliaError(Code.BUDGET_OPERATOR, limit=limit)

    async def _name(self, inquiry: Inquiry) -> list[_Named]:
        """Return the person, and the needs asked about or on file, under everybody's keys."""
        needs = self._needs(inquiry)
        keys = self._trust.keys()
        known = _known_need(needs, inquiry.creditor)
        period = (known.period_from, known.period_to)
        person = await self._under_all(inquiry.identifier, keys)
        named = [_Named(PseudonymClass.PERSON, keys.epoch, person, known.creditor, period)]
        for need in dict.fromkeys(each.need for each in needs if each.need is not None):
            named.append(_Named(PseudonymClass.NEED, keys.epoch, await self._under_all(need, keys)))
        return named

    async def _under_all(self, identifier: Identifier, keys: EvaluationKeys) -> dict[str, bytes]:
        pseudonyms = await self._pseudonyms.of_subject(identifier, keys.network_set(identifier.pseudonym_class))
        if self._me not in pseudonyms:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no key of this body's own")
        return pseudonyms

    def _needs(self, inquiry: Inquiry) -> list[OpenNeed]:
        since = months_after(self._clock.today(), -inquiry.months)
        on_file = self._store.open_needs(inquiry.identifier, facets_of_family(inquiry.facet), since)
        asked = [OpenNeed(inquiry.need, inquiry.creditor, None, None)] if inquiry.need else []
        return (asked + on_file)[:MAX_NEEDS]

    async def _log_questions(
        self,
        check_id: str,
        inquiry: Inquiry,
        operator: Operator,
        basis: LawfulBasis,
        named: Sequence[_Named],
        members: Sequence[Member],
        directory: Directory,
    ) -> list[Planned]:
        """Step 6: every question's entry is durable before any question is sent."""
        questions = [self._question(inquiry, basis, named, member, directory) for member in members]
        bodies = [encode_question(question) for question in questions]
        own = [each.pseudonyms[self._me] for each in named]
        entries = []
        for question, body in zip(questions, bodies, strict=True):
            month, sealed = self._entries.seal(own)
            entries.append(
                Entry(
                    kind=EntryKind.ASKED,
                    time_ms=self._entries.now_ms(),
                    peer=question.addressee,
                    question_id=question.question_id,
                    purpose=question.purpose,
                    facet=question.facet,
                    basis=question.basis,
                    operator=operator.user,
                    question_hash=sha256(body),
                    policy_revision=self._policy.revision,
                    directory_version=directory.version,
                    count=len(question.subjects),
                    key_month=month,
                    sealed=sealed,
                    check_id=check_id,
                )
            )
        hashes = await self._entries.write_all(entries) if entries else []
        return [
            Planned(member, question, body, entry, check_id, self._trust.card_state(member.id))
            for member, question, body, entry in zip(members, questions, bodies, hashes, strict=True)
        ]

    def _question(
        self,
        inquiry: Inquiry,
        basis: LawfulBasis,
        named: Sequence[_Named],
        member: Member,
        directory: Directory,
    ) -> Question:
        """Return one body's question: nothing in it is common to two bodies but what is asked."""
        subjects = [self._subject(each, member.id) for each in named if member.id in each.pseudonyms]
        secrets.SystemRandom().shuffle(subjects)
        return Question(
            question_id=secrets.token_bytes(QUESTION_ID_BYTES),
            asker=self._me,
            addressee=member.id,
            purpose=inquiry.purpose,
            facet=inquiry.facet,
            months=inquiry.months,
            basis=basis.kind,
            has_case=bool(basis.case_protocol),
            procedure="",
            # Of the keys that made the pseudonyms: under another epoch they would read as nothing known.
            epoch=named[0].epoch,
            directory_version=directory.version,
            subjects=tuple(subjects),
        )

    def _subject(self, named: _Named, member: str) -> Subject:
        pseudonym = named.pseudonyms[member]
        # A random tag where there is no creditor: its absence is nobody's business.
        named_one = bool(normal_creditor(named.creditor))
        tag = creditor_tag(pseudonym, named.creditor) if named_one else secrets.token_bytes(TAG_BYTES)
        return Subject(pseudonym, named.cls, tag, *named.period)

    async def _log_refusal(self, inquiry: Inquiry, operator: Operator, check_id: str, error: MagliaError) -> None:
        await self._entries.write(
            Entry(
                kind=EntryKind.REFUSED,
                time_ms=self._entries.now_ms(),
                purpose=inquiry.purpose,
                facet=inquiry.facet,
                operator=operator.user,
                outcome="refused",
                code=error.code.value,
                policy_revision=self._policy.revision,
                check_id=check_id,
            )
        )


def _known_need(needs: Sequence[OpenNeed], creditor: str) -> OpenNeed:
    """Return the need that the person's own subject speaks of: what is on file with the creditor named, if one is."""
    same = [each for each in needs if not creditor or normal_creditor(each.creditor) == normal_creditor(creditor)]
    dated = [each for each in same if each.period_from is not None]
    known = next(iter(dated or same), OpenNeed(None, creditor, None, None))
    return replace(known, creditor=creditor or known.creditor)
