"""Granting evaluations: each is counted on its budget and logged in one transaction, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from registry.domain.budget import Limits, Use
from registry.enrolment_budget import EnrolmentBudget
from registry.ports import Counts, EvaluationLog, Granted
from registry.procedures import Procedures

EVALUATION_ID_BYTES = 16


class Grants:
    """Counts and logs what is about to be evaluated; what can't be logged is not granted.

    `require_sound` raises when the registry's log is not the one that its witness knows.
    """

    def __init__(
        self,
        counts: Counts,
        log: EvaluationLog,
        procedures: Procedures,
        limits: Limits,
        require_sound: Callable[[], None],
    ) -> None:
        self._require_sound = require_sound
        self._counts = counts
        self._log = log
        self._procedures = procedures
        self._limits = limits
        self._enrolments = EnrolmentBudget(counts, limits)

    def grant(self, asked: Granted, in_use: Epochs) -> None:
        """Count and log one evaluation, durably.

        Raises `input.field` for an id that is not 16 bytes, `budget.member`, why the procedure that is named does not
        hold, `storage.unavailable`, or `log.rewritten` when nothing is granted any more. Of what is refused nothing is
        kept. An id that was used before is logged again: an auditor compares how often each was used on both sides.
        """
        if len(asked.evaluation) != EVALUATION_ID_BYTES:
            raise MagliaError(Code.INPUT_FIELD, field="evaluation_id")
        self._require_sound()
        try:
            with self._counts.transaction():
                self._spend(asked, in_use)
                self._log.add([asked])
        except MagliaError as error:
            if error.code is Code.LOG_UNAVAILABLE:  # a node would take it for its own log
                raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=str(error)) from error
            raise

    def _spend(self, asked: Granted, in_use: Epochs) -> None:
        if asked.procedure:
            self._spend_on_procedure(asked)
            return
        day = datetime.fromtimestamp(asked.at, UTC).date()
        if asked.use is Use.ENROLMENT:
            self._enrolments.spend(asked.member, asked.cls, asked.epoch, asked.elements, in_use, day)
            return
        limit = self._limits.of(asked.use)
        if not self._counts.spend(asked.member, asked.cls, asked.use, day, asked.elements, limit):
            raise MagliaError(Code.BUDGET_MEMBER, limit=limit, cause=f"{asked.use} {asked.cls} by {asked.member}")

    def _spend_on_procedure(self, asked: Granted) -> None:
        if asked.use is not Use.CHECK:
            raise MagliaError(Code.INPUT_FIELD, field="procedure", cause="an enrolment is under none")
        self._procedures.spend(asked.procedure, asked.member, asked.cls, asked.elements)
