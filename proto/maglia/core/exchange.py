"""A question to one body and its answer, as both sides understand them. The bytes are `maglia.wire.exchange`'s."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from maglia.core.vocabulary import AidStatus, AmountBand, Basis, Coverage, Facet, Kind, PseudonymClass, Purpose

QUESTION_ID_BYTES = 16
TAG_BYTES = 16
SALT_BYTES = 16
"""Random bytes in every question and answer that nobody keeps: logs hold both by their hash, and a hash of what can be
guessed (a pseudonym of a stolen database, a record of it) would tell which guess is right."""
SLOT_BYTES = 480
"""One answer slot; 500 of them fit in a message of 256 KiB."""


@dataclass(frozen=True)
class Subject:
    """One person or need asked about, under the addressee's key."""

    pseudonym: bytes
    cls: PseudonymClass
    creditor_tag: bytes
    period_from: date | None = None
    period_to: date | None = None


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


@dataclass(frozen=True)
class Question:
    """What one body asks another; `again` says that it was asked the same before, and was silent or late."""

    question_id: bytes
    asker: str
    addressee: str
    purpose: Purpose
    facet: Facet
    months: int
    basis: Basis
    has_case: bool
    procedure: str
    epoch: int
    directory_version: int
    subjects: tuple[Subject, ...]
    salt: bytes = field(default_factory=_salt, repr=False)
    again: bool = False


@dataclass(frozen=True)
class BoundQuestion:
    """What the asker signs: a question, by the hash of its body, tied to one stream and to the asker's own log entry.

    It holds nothing about a person. `body_hash`, `asker_entry` and `challenge` have 32 bytes.
    """

    body_hash: bytes
    asker_entry: bytes
    challenge: bytes
    sequence: int
    addressee: str
    question_id: bytes


@dataclass(frozen=True)
class Finding:
    """One aid record as far as policy releases it; what it hides is None or empty. Amounts in euro cents.

    `owed_cents` is the whole of the need that the record is a part of. `reserved_at_ms` and `reserved_until_ms` are of
    a reservation alone: when it was promised and until when it holds, in milliseconds since the epoch, as both sides of
    a tie compare them.
    """

    facet: Facet
    month: str
    amount_band: AmountBand | None
    kind: Kind
    status: AidStatus
    same_need: bool = False
    day: date | None = None
    amount_cents: int | None = None
    body: str = ""
    contact: str = ""
    objection: bool = False
    owed_cents: int | None = None
    reserved_at_ms: int | None = None
    reserved_until_ms: int | None = None


@dataclass(frozen=True)
class Answer:
    """What one body answers: findings by subject, in the order asked."""

    question_id: bytes
    answerer: str
    coverage: Coverage
    slots: tuple[tuple[Finding, ...], ...]
    policy_revision: str
    directory_version: int
    refusal: str = ""
    checkpoint: bytes = b""
    omitted: int = 0
    salt: bytes = field(default_factory=_salt, repr=False)


@dataclass(frozen=True)
class Receipt:
    """What the answering body signs: its word that it logged the question. It holds nothing about a person.

    `question_hash` is of the bound question as received, `answer_hash` of the answer's body, the entries are leaf
    hashes; each has 32 bytes.
    """

    question_hash: bytes
    answer_hash: bytes
    asker_entry: bytes
    answerer_entry: bytes
    asker: str
    question_id: bytes


def sha256(content: bytes) -> bytes:
    """Return SHA-256, the hash of questions and answers in receipts and entries."""
    return hashlib.sha256(content).digest()


def creditor_tag(pseudonym: bytes, creditor: str) -> bytes:
    """Return 16 bytes that match only for the same person at the same body and the same creditor.

    HMAC-SHA-256 under the pseudonym: a body that doesn't know the person learns nothing of the creditor's name from a
    log of tags, and tags of two bodies can't be joined.
    """
    return hmac.digest(pseudonym, b"creditor\0" + normal_creditor(creditor).encode(), hashlib.sha256)[:TAG_BYTES]


def normal_creditor(creditor: str) -> str:
    """Return a creditor's name without accents, case, punctuation and company forms: `Énel S.p.A.` is `ENEL`."""
    folded = unicodedata.normalize("NFKD", creditor).encode("ascii", "ignore").decode().upper()
    words = "".join(sign if sign.isalnum() else " " for sign in folded.replace(".", "")).split()
    return " ".join(word for word in words if word not in {"SPA", "SRL", "SNC", "SAS", "SCARL"})


def periods_overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Return whether two periods (first and last day) share a day; an unknown period overlaps nothing."""
    first, last = one
    start, end = other
    if first is None or last is None or start is None or end is None:
        return False
    return first <= end and start <= last
