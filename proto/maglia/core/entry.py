"""What a leaf of a body's log says, and how the part that names a person is sealed (design 9)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import PSEUDONYM_BYTES

NONCE_BYTES = 16


class EntryKind(StrEnum):
    """What an entry records."""

    ASKED = "question_asked"
    ANSWERED = "question_answered"
    REFUSED = "question_refused"
    END_STATE = "end_state"
    REFUSALS = "refusals"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class Entry:
    """One entry; hashes are 32 bytes or empty. `sealed` holds one fixed-size record for each pseudonym."""

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
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(NONCE_BYTES), repr=False)


def seal_pseudonyms(key: bytes, pseudonyms: list[bytes]) -> bytes:
    """Return the logging body's own pseudonyms, one after the other, under a month's AES-256-GCM key; nonce first."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, b"".join(pseudonyms), b"maglia/1\0entry")


def open_pseudonyms(key: bytes, sealed: bytes) -> list[bytes]:
    """Return the pseudonyms of an entry; raise `log.broken` when the key or the bytes are not right."""
    try:
        plain = AESGCM(key).decrypt(sealed[:12], sealed[12:], b"maglia/1\0entry")
    except (InvalidTag, ValueError) as error:
        raise MagliaError(Code.LOG_BROKEN) from error
    return [plain[at : at + PSEUDONYM_BYTES] for at in range(0, len(plain), PSEUDONYM_BYTES)]
