"""What the log holds of what is told about persons sent: entries as those of a question, and no person in clear."""

from __future__ import annotations

from dataclasses import dataclass, field

from maglia.core.disclosed import mark_of_told
from maglia.core.entry import Entry, EntryKind
from maglia.core.exchange import BoundQuestion, sha256
from maglia.core.referral import RECEIVED, REFERRED, ReferralMessage
from maglia.core.vocabulary import Basis, EndState, Facet, Purpose
from node.domain.referral import Referral
from node.entries import Entries


@dataclass(frozen=True)
class Told:
    """A message that was read: what it tells, what its sender signed of it, the hash of that, and its evidence."""

    message: ReferralMessage
    bound: BoundQuestion
    signed_hash: bytes
    evidence: bytes = field(repr=False)


def told_entry(entries: Entries, referral: Referral, message: ReferralMessage, body: bytes, revision: str) -> Entry:
    """Return the entry that is durable before another body is told anything."""
    month, sealed = entries.seal([referral.own])
    return Entry(
        kind=EntryKind.ASKED,
        time_ms=entries.now_ms(),
        peer=message.addressee,
        question_id=message.question_id,
        purpose=Purpose.REFERRAL,
        facet=message.facet,
        basis=Basis.CONSENT,
        operator=referral.operator,
        question_hash=sha256(body),
        outcome=REFERRED,
        policy_revision=revision,
        directory_version=message.directory_version,
        count=1,
        key_month=month,
        sealed=sealed,
        check_id=referral.check_id,
        evaluation=referral.evaluation,
        epoch=message.epoch,
    )


def ended_entry(
    entries: Entries,
    asked: Entry,
    outcome: EndState,
    code: str = "",
    *,
    revision: str = "",
    answer_hash: bytes = b"",
    answerer_entry: bytes = b"",
    evidence: bytes = b"",
) -> Entry:
    """Return the one end of what was told."""
    month, found = entries.seal_found(False)
    return Entry(
        kind=EntryKind.END_STATE,
        time_ms=entries.now_ms(),
        peer=asked.peer,
        question_id=asked.question_id,
        question_hash=asked.question_hash,
        answer_hash=answer_hash,
        peer_entry=answerer_entry,
        outcome=outcome,
        code=code,
        policy_revision=revision,
        check_id=asked.check_id,
        evidence=evidence,
        key_month=month,
        shown=found,
    )


def taken_entry(entries: Entries, told: Told, own: bytes, answer_hash: bytes, code: str, revision: str) -> Entry:
    """Return the entry that is durable before another body is answered; `own` is empty for a referral nobody knows."""
    message = told.message
    month, sealed = entries.seal([own] if own else [])
    marks = [mark_of_told(message.content)] if own else []
    return Entry(
        kind=EntryKind.REFUSED if code else EntryKind.ANSWERED,
        time_ms=entries.now_ms(),
        peer=message.sender,
        question_id=message.question_id,
        purpose=Purpose.REFERRAL,
        facet=message.facet,
        basis=Basis.CONSENT,
        question_hash=told.bound.body_hash,
        answer_hash=answer_hash,
        peer_entry=told.bound.asker_entry,
        outcome=EndState.REFUSED if code else RECEIVED,
        code=code,
        policy_revision=revision,
        directory_version=message.directory_version,
        count=1,
        key_month=month,
        sealed=sealed,
        shown=entries.seal_shown(month, marks),
        evidence=told.evidence,
    )


def refused_entry(entries: Entries, facet: Facet, operator: str, code: str, revision: str) -> Entry:
    """Return the entry of a referral that this body itself refused (law rule 10)."""
    return Entry(
        kind=EntryKind.REFUSED,
        time_ms=entries.now_ms(),
        purpose=Purpose.REFERRAL,
        facet=facet,
        operator=operator,
        outcome=EndState.REFUSED,
        code=code,
        policy_revision=revision,
    )
