"""Evaluations as this body's own log tells of them: no request reaches the registry before its entry is durable."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.entry import Entry, EntryKind
from maglia.core.pseudonym import KeySet, Part
from node.entries import Entries
from node.ports import Evaluating, Evaluator

CHECK, ENROLMENT, REPORT = "check", "enrolment", "report"
"""What an evaluation is for, in both logs."""


class LoggedEvaluator:
    """Fulfils `node.ports.Evaluator` in front of another; over a log that forked it evaluates nothing."""

    def __init__(self, evaluator: Evaluator, entries: Entries) -> None:
        self._evaluator = evaluator
        self._entries = entries

    async def evaluate(self, key_set: KeySet, elements: Sequence[bytes], wanted: Evaluating) -> list[Part]:
        """Log the request, then make it; raise `log.unavailable` or `log.fork` for one that can't be logged."""
        await self._entries.write(
            Entry(
                kind=EntryKind.EVALUATION,
                time_ms=self._entries.now_ms(),
                outcome=_use(wanted),
                count=len(elements),
                epoch=key_set.epoch,
                evaluation=wanted.id,
                procedure=wanted.procedure,
                check_id=wanted.check_id,
                purpose=wanted.purpose,
                facet=wanted.facet,
            )
        )
        return await self._evaluator.evaluate(key_set, elements, wanted)


def _use(wanted: Evaluating) -> str:
    if wanted.report:
        return REPORT
    return ENROLMENT if wanted.enrolment else CHECK
