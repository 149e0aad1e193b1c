"""A person sent from one body to another, as the two tell each other. The bytes are `maglia.wire.referral`'s."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date

from maglia.core.exchange import SALT_BYTES
from maglia.core.vocabulary import Facet, ReferralState

REFERRAL_ID_BYTES = 16
MAX_TEXT = 200
"""Characters of each text about the person, but the note."""
MAX_NOTE = 500
SEQUENCE = 1
"""Of every message: each goes over a call of its own, whose challenge it is bound to."""

TOLD_BY_TAKER = frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.DONE})
"""What the body says that the person was sent to; that a referral is withdrawn its sender alone says."""

REFERRED, RECEIVED = "referred", "received"
"""The `outcome` of both entries of a message in the log, by which it is told from a question with this purpose."""


CONSENT_WITHDRAWN = "consent_withdrawn"
"""The `reason` of a referral that ended because the person took their consent back; consoles say it in words."""


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


@dataclass(frozen=True)
class ReferredPerson:
    """Who is sent, what is needed, and the consent on file at the sender.

    `identifier` is the code as written (normal form); `pseudonym` is the person under the addressee's key.
    """

    identifier: str = field(repr=False)
    pseudonym: bytes = field(repr=False)
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    notice_version: str = ""
    language: str = ""
    consent_day: date | None = None


@dataclass(frozen=True)
class ReferralStep:
    """What became of a referral, and why."""

    state: ReferralState
    reason: str = field(default="", repr=False)


@dataclass(frozen=True)
class ReferralMessage:
    """One message about one referral, from one body to another."""

    question_id: bytes
    sender: str
    addressee: str
    referral_id: bytes
    facet: Facet
    epoch: int
    directory_version: int
    content: ReferredPerson | ReferralStep
    salt: bytes = field(default_factory=_salt, repr=False)


@dataclass(frozen=True)
class ReferralAnswer:
    """What the body that was told says; `refusal` is an error code, empty when it took what it was told."""

    question_id: bytes
    answerer: str
    policy_revision: str
    directory_version: int
    refusal: str = ""
    salt: bytes = field(default_factory=_salt, repr=False)
