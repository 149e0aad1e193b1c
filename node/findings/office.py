"""The accreditation office: whether its registry answers this node, and what it says of the body."""

from __future__ import annotations

from maglia.core.errors import MagliaError
from maglia.core.findings.model import Finding, Level, Subject, failed, ok, problem, warning
from node.findings.remedies import Remedies

OFFICE_SILENT = "office.silent"


def office_heard(heard_at: float, remedies: Remedies, *, is_away: bool) -> Finding:
    """Return when a running node last heard the registry, in seconds since the epoch, and whether it does now."""
    when = int(heard_at * 1000)
    if is_away:
        return warning(Subject.OFFICE, remedies.state(), OFFICE_SILENT, heard_ms=when)
    return ok(Subject.OFFICE, "office.heard", heard_ms=when)


def office_failed(error: MagliaError, remedies: Remedies) -> Finding:
    """Return why the office did not say how the body stands: it can't be reached, or it refused."""
    if error.code.value.startswith("network."):
        return problem(Subject.OFFICE, remedies.state(), "office.away")
    return failed(Subject.OFFICE, error, remedies.state(), Level.WARNING)
