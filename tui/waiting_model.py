"""Checks of the last 72 hours, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from tui.model import CheckState


@dataclass(frozen=True)
class KeptCheck:
    """One of the operator's own checks, without whom it is about.

    `state` is deferred, waiting, done or ended; `left_ms` is for how long it is kept; `reason` is an error code: why
    nobody was asked yet, or may be asked any longer.
    """

    check_id: str
    state: str
    facet: str
    purpose: str
    asked_at_ms: int
    left_ms: int
    reason: str = ""


@dataclass(frozen=True)
class Standing:
    """One check as it stands: whom it is about, and what is known by now; None while nobody was asked."""

    kept: KeptCheck
    identifiers: tuple[str, ...]
    state: CheckState | None
