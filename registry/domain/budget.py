"""How many elements a member may have evaluated in a day (design 5 "Budgets"), and how large one answer may be.

The registry sees blinded values, not persons, so it counts elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import (
    MAX_EVALUATION_BYTES,
    REGISTRY_ELEMENTS_A_DAY,
    REGISTRY_ENROLMENTS_A_DAY,
    REGISTRY_REPORTS_A_DAY,
)

_ELEMENT_BYTES = 32


class Use(StrEnum):
    """Which budget an evaluation is counted on."""

    CHECK = "check"
    ENROLMENT = "enrolment"
    REPORT = "report"
    """Who looked a person up: under the keys of epochs that are over too, which nothing else is evaluated under."""


@dataclass(frozen=True)
class Limits:
    """Elements a day for one member and class of pseudonym."""

    checks: int = REGISTRY_ELEMENTS_A_DAY
    enrolments: int = REGISTRY_ENROLMENTS_A_DAY
    reports: int = REGISTRY_REPORTS_A_DAY

    def of(self, use: Use) -> int:
        """Return the limit of one use."""
        return {Use.CHECK: self.checks, Use.ENROLMENT: self.enrolments, Use.REPORT: self.reports}[use]


def check_answer_size(elements: int, keys: int) -> None:
    """Refuse a request of no elements, or whose answer would not fit a message; raise `pseudonym.batch`."""
    if not elements or elements * keys * _ELEMENT_BYTES > MAX_EVALUATION_BYTES:
        raise MagliaError(Code.PSEUDONYM_BATCH, cause=f"{elements} elements for {keys} keys")
