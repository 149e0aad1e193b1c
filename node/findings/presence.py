"""For how long a node was off: who is away for longer than the rules say asks to be hosted."""

from __future__ import annotations

from dataclasses import replace

from maglia.core.findings.model import Finding, Subject, ok, told, warning
from node.domain.presence import Presence
from node.findings.remedies import Remedies


def presence_found(found: Presence, limit: int, remedies: Remedies) -> Finding:
    """Return on how many days the node served; `limit` is from how many on end it counts as away, 0 where none is."""
    if not found.known:
        return ok(Subject.PRESENCE, "presence.uncounted")
    days = {"there": found.there, "known": found.known}
    if found.until is None:
        return ok(Subject.PRESENCE, "presence.days", **days)
    shown: dict[str, str | int] = {**days, "days": found.longest_absence, "until_day": found.until.isoformat()}
    if not 0 < limit <= found.longest_absence:
        return ok(Subject.PRESENCE, "presence.absence", **shown)
    away = warning(Subject.PRESENCE, remedies.start(), "presence.absence", **shown)
    return replace(away, details=(told("presence.hosted"),))
