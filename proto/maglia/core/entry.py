"""What a leaf of a body's log says, and how the part that names a person is sealed (design 9)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PSEUDONYM_BYTES

NONCE_BYTES = 16
OF_MANY = "B-"
"""How the check ids of calls for applicants begin: each stands for many questions, about different persons."""
AWAITING = "awaiting"
"""Code of a `recorded` entry that counts who awaits a pseudonym under `epoch`, instead of who came on file."""


class Erased(StrEnum):
    """What an `erased` entry counts."""

    AID = "aid"
    NAMED_AID = "named_aid"
    FILED_NEED = "filed_need"
    CONSENT = "consent"
    OPPOSITION = "opposition"
    PERSON = "person"
    NEED = "need"
    NAMED_PERSON = "named_person"


class EntryKind(StrEnum):
    """What an entry records."""

    ASKED = "question_asked"
    ANSWERED = "question_answered"
    REFUSED = "question_refused"
    END_STATE = "end_state"
    REFUSALS = "refusals"
    ENROLMENT = "enrolment"
    EVALUATION = "evaluation"
    """The registry is about to be asked for an evaluation: `evaluation` names it, `count` is of elements."""
    RECORDED = "recorded"
    """Records came on file: `count` persons and needs that may be enrolled for them."""
    ERASED = "erased"
    """What is over is about to be deleted: `count` of it, `outcome` says whether records, persons or needs."""
    READING = "reading"
    """An auditor reads this log from entry `count` on."""
    ACCESS_REPORT = "access_report"
    """A person's request to know who asked about them was made here, or answered here."""
    SIGNAL = "signal"
    """What somebody should look at, found inside the body: `outcome` is the rule's code, `operator` did it on `day`,
    `count` times, and the rule signals from `threshold` on."""


@dataclass(frozen=True)
class Entry:
    """One entry; hashes are 32 bytes or empty. `sealed` holds one fixed-size record for each pseudonym.

    `shown` holds one mark for each, saying what an answer showed under it (`maglia.core.disclosed`). `evaluation` is 16
    bytes or empty; `evidence` is what the other side signed, without personal data; `signals` are codes; `day` is
    YYYY-MM-DD.
    """

    kind: EntryKind
    time_ms: int
    peer: str = ""
    question_id: bytes = b""
    purpose: str = ""
    facet: str = ""
    basis: str = ""
    operator: str = ""
    question_hash: bytes = b""
    answer_hash: bytes = b""
    peer_entry: bytes = b""
    outcome: str = ""
    code: str = ""
    policy_revision: str = ""
    directory_version: int = 0
    count: int = 0
    key_month: str = ""
    sealed: bytes = field(default=b"", repr=False)
    check_id: str = ""
    procedure: str = ""
    shown: bytes = field(default=b"", repr=False)
    evaluation: bytes = b""
    evidence: bytes = field(default=b"", repr=False)
    signals: tuple[str, ...] = ()
    day: str = ""
    threshold: int = 0
    epoch: int = 0
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(NONCE_BYTES), repr=False)


_PSEUDONYMS, _SHOWN = b"maglia/1\0entry", b"maglia/2\0shown"
_SHOWN_IN_ONE_BYTE = b"maglia/1\0shown"
"""Marks as entries had them while every field fitted in one byte: they are read as long as their months are kept."""
_MARK_BYTES = 2


def seal_pseudonyms(key: bytes, pseudonyms: list[bytes]) -> bytes:
    """Return the logging body's own pseudonyms, one after the other, under a month's AES-256-GCM key; nonce first."""
    return MonthWriter(key).pseudonyms(pseudonyms)


def open_pseudonyms(key: bytes, sealed: bytes) -> list[bytes]:
    """Return the pseudonyms of an entry; raise `log.broken` when the key or the bytes are not right."""
    return MonthReader(key).pseudonyms(sealed)


def seal_shown(key: bytes, shown: Sequence[int]) -> bytes:
    """Return, sealed as the pseudonyms are, what an answer showed under each: one mark for each, 0 for nothing."""
    return MonthWriter(key).shown(shown)


def open_shown(key: bytes, sealed: bytes) -> list[int]:
    """Return what an answer showed under each pseudonym; raise `log.broken` as `open_pseudonyms` does."""
    return MonthReader(key).shown(sealed)


class MonthWriter:
    """Seals the entries of one month, whose AES-256 key it holds: for a node, which seals two parts of each answer."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def pseudonyms(self, pseudonyms: Sequence[bytes]) -> bytes:
        """Return the pseudonyms, one after the other, sealed; nonce first."""
        return self._seal(b"".join(pseudonyms), _PSEUDONYMS)

    def shown(self, shown: Sequence[int]) -> bytes:
        """Return one mark for each pseudonym, sealed likewise."""
        return self._seal(b"".join(mark.to_bytes(_MARK_BYTES, "big") for mark in shown), _SHOWN)

    def _seal(self, plain: bytes, kind: bytes) -> bytes:
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, plain, kind)


class MonthReader:
    """Opens the entries of one month, whose AES-256 key it holds: for a search, which opens every one."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def names(self, sealed: bytes, wanted: frozenset[bytes]) -> bool:
        """Return whether an entry names any of these pseudonyms; raise `log.broken` when it does not open."""
        return not wanted.isdisjoint(self.pseudonyms(sealed))

    def pseudonyms(self, sealed: bytes) -> list[bytes]:
        """Return the pseudonyms of an entry; raise `log.broken` when it does not open."""
        plain = self._open(sealed, _PSEUDONYMS)
        return [plain[at : at + PSEUDONYM_BYTES] for at in range(0, len(plain), PSEUDONYM_BYTES)]

    def shown(self, sealed: bytes) -> list[int]:
        """Return what an answer showed under each pseudonym; raise `log.broken` when it does not open."""
        try:
            marks = self._open(sealed, _SHOWN)
        except MagliaError:
            return list(self._open(sealed, _SHOWN_IN_ONE_BYTE))
        if len(marks) % _MARK_BYTES:
            raise MagliaError(Code.LOG_BROKEN)
        return [int.from_bytes(marks[at : at + _MARK_BYTES], "big") for at in range(0, len(marks), _MARK_BYTES)]

    def _open(self, sealed: bytes, kind: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], kind)
        except (InvalidTag, ValueError) as error:
            raise MagliaError(Code.LOG_BROKEN) from error
