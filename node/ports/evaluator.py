"""The registry's pseudonym service, as the node calls it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from maglia.core.pseudonym import KeySet, Part

EVALUATION_ID_BYTES = 16
TRACING = "tracing"
"""Stands for a purpose where a person's own pseudonyms are made to find them in this body's own log."""


@dataclass(frozen=True)
class Evaluating:
    """One evaluation as both logs tell of it: its fresh random id, and what it is for.

    An enrolment is under no procedure and belongs to no check. A `report` tells a person who looked them up.
    """

    enrolment: bool
    procedure: str = ""
    check_id: str = ""
    purpose: str = ""
    facet: str = ""
    report: bool = False
    id: bytes = field(default_factory=lambda: secrets.token_bytes(EVALUATION_ID_BYTES))


class Evaluator(Protocol):
    """The registry's pseudonym service."""

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        """Return the parts whose masks partition the shares, counted on a procedure if one is named. Not verified yet.

        Raises `budget.*`, or why the procedure does not hold.
        """
        ...
