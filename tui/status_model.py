"""What the console knows of how its node is: plain values."""

from __future__ import annotations

from dataclasses import dataclass

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
