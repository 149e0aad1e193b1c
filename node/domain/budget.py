"""What was counted of a budget, as its reader sees it: who spent how much of what. No person is in it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import PseudonymClass

ANSWERS = "answer"
"""Distinct pseudonyms that another body asked about in a day."""
OPERATORS = "operator"
"""Distinct pairs of person and need, or persons without one, that an operator of this body asked about in a day."""

REPORTS = "report"
"""Searches of this body's log, for who looked a person up, that another body asked for in a day."""

REFERRALS = "referral"
"""What another body told this one about persons sent, in a day."""


def budget_item(key: bytes, identifier: Identifier) -> bytes:
    """Return what a budget counts of a code without holding it: a keyed hash, its key outside the database."""
    return hmac.digest(key, identifier.pseudonym_input(), hashlib.sha256)[:16]


@dataclass(frozen=True)
class SpentToday:
    """How many distinct items a holder (another body, or an operator) asked about on a day."""

    holder: str
    spent: int


@dataclass(frozen=True)
class SpentInProcedure:
    """How many distinct persons or needs a body asked about under a procedure so far."""

    procedure: str
    holder: str
    cls: PseudonymClass
    spent: int
