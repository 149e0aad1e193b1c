"""The access log, recomputed or as the witness last cosigned it, and the monthly keys beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Subject, failed, ok, problem, told
from maglia.core.log_check import LogReport
from node.findings.remedies import Remedies


def log_recomputed(report: LogReport, *, forked: bool, remedies: Remedies) -> Finding:
    """Return what a recomputation of the whole log says; `forked` is a contradiction found before."""
    if report.ok and not forked:
        return ok(Subject.LOG, "log.whole", size=report.size)
    if report.bad_archive and report.holds:
        return failed(Subject.LOG, MagliaError(Code.LOG_ARCHIVE, file=report.bad_archive), remedies.log())
    if report.first_bad is None:
        return problem(Subject.LOG, remedies.log(), "log.altered")
    return problem(Subject.LOG, remedies.log(), "log.altered_at", entry=report.first_bad)


def log_cosigned(size: int, cosigned_at: float, remedies: Remedies) -> Finding:
    """Return how long the log is and when, in seconds since the epoch, the witness last cosigned it."""
    if not math.isfinite(cosigned_at):
        return failed(Subject.LOG, MagliaError(Code.LOG_UNWITNESSED), remedies.state())
    return ok(Subject.LOG, "log.cosigned", size=size, cosigned_ms=int(cosigned_at * 1000))


def log_keys_found(here: int, missing: Sequence[str], closed: Sequence[str], remedies: Remedies) -> Finding:
    """Return how many months' keys are `here`, or else the files that are lost: of no month may the access be unread.

    No archive holds them, so that nothing but a copy of their folder brings one back: the command shows what is there.
    """
    repair = remedies.listed("log-keys")
    if missing:
        lost = problem(Subject.LOG_KEYS, repair, "log_keys.missing", files=", ".join(missing))
        also = (told("log_keys.closed", files=", ".join(closed)),) if closed else ()
        return replace(lost, details=also)
    if closed:
        return problem(Subject.LOG_KEYS, repair, "log_keys.closed", files=", ".join(closed))
    return ok(Subject.LOG_KEYS, "log_keys.open", months=here)
