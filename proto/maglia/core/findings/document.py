"""A finding for programs: `subject`, `result`, `what` and `params` are stable, `name` and `found` are in words."""

from __future__ import annotations

from maglia.core.findings.lines import found_in_words
from maglia.core.findings.model import Finding
from maglia.core.findings.words import subject_in_words


def finding_document(finding: Finding, lang: str) -> dict[str, object]:
    """Return one finding as JSON holds it."""
    return {
        "name": subject_in_words(finding.subject, lang),
        "result": finding.level.value,
        "found": " ".join(found_in_words(finding, lang)),
        "repair": finding.repair,
        "for_manager": finding.for_manager,
        "subject": finding.subject.value,
        "what": finding.told.what,
        "params": dict(finding.told.params),
        "details": [{"what": one.what, "params": dict(one.params)} for one in finding.details],
    }
