"""What the console knows of how its node is: plain values."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from maglia.core.findings.model import Finding, is_well


@dataclass(frozen=True)
class Examined:
    """What the node found of itself at `now_ms`, milliseconds since the epoch; `version` is that of its program."""

    findings: tuple[Finding, ...]
    now_ms: int
    version: str
    member: str

    @property
    def is_well(self) -> bool:
        """Return whether no part is a problem."""
        return is_well(self.findings)


def typed_here(finding: Finding, profile: Path | None) -> Finding:
    """Return a finding whose command, where it is one of the console's, can be typed as it stands: with its profile."""
    program, _, words = finding.repair.partition(" ")
    if program != "maglia" or profile is None:
        return finding
    return replace(finding, repair=f"maglia --profile {shlex.quote(str(profile))} {words}")
