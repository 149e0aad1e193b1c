"""Consoles that are let in from anywhere: each is enrolled, with a second factor."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from maglia.core.findings.model import Finding, Subject, ok, warning
from node.findings.remedies import Remedies


def consoles_found(left_out: Sequence[str], remedies: Remedies) -> Finding:
    """Return how many operators have no console enrolled; the repair invites the first of them, who has a name."""
    if not left_out:
        return ok(Subject.CONSOLES, "consoles.all")
    invite = remedies.run("device", "invite", "--user", shlex.quote(left_out[0]))
    return warning(Subject.CONSOLES, invite, "consoles.without", count=len(left_out))
