"""Who awaits a pseudonym, under which epochs, and why the work does not go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maglia.core.findings.model import Finding, Level, Subject, ok, told_error
from node.findings.remedies import Remedies
from node.status import Enrolling


def enrolment_found(epochs: Sequence[Enrolling], remedies: Remedies) -> Finding:
    """Return how the enrolment for each epoch is, the one that is asked under first."""
    found = _standing(epochs)
    stopped = next((one.waits for one in epochs if one.waits and one.awaiting), None)
    if stopped is None:
        return found
    reason = (told_error(stopped),)
    return replace(found, level=Level.WARNING, repair=remedies.of_error(stopped), details=reason)


def _standing(epochs: Sequence[Enrolling]) -> Finding:
    if not epochs:
        return ok(Subject.ENROLMENT, "enrolment.unknown")
    first = {"epoch": epochs[0].epoch, "awaiting": epochs[0].awaiting}
    if len(epochs) == 1:
        return ok(Subject.ENROLMENT, "enrolment.epoch", **first)
    after = {"next_epoch": epochs[1].epoch, "next_awaiting": epochs[1].awaiting}
    return ok(Subject.ENROLMENT, "enrolment.rotation", **first, **after)
