"""What checks showed beside a reservation, as rows: who was silent in clear, what others answered as sealed JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from node.domain.reservations import Gap, Other, Sight


def sight_columns(sight: Sight) -> dict[str, object]:
    """Return what of a sight stays: it tells nothing of a person."""
    return {
        "check_id": sight.check_id,
        "complete": sight.complete,
        "asked": sight.asked,
        "answered": sight.answered,
        "found": len(sight.others),
        "gaps": ",".join(f"{gap.member}:{gap.reason}" for gap in sight.gaps),
        "unchecked": sight.unchecked,
    }


def sight_content(sight: Sight) -> bytes:
    """Return what others answered, to be sealed and forgotten after a month."""
    return json.dumps([asdict(one) for one in sight.others], separators=(",", ":")).encode()


def read_sight(row: Any, content: bytes) -> Sight:
    """Return a sight from its row and its opened content; without others where that was forgotten."""
    others = [Other(**one) for one in json.loads(content)] if content else []
    gaps = (gap.split(":", 1) for gap in row.gaps.split(",") if gap)
    return Sight(
        row.check_id,
        row.complete,
        row.asked,
        row.answered,
        tuple(Gap(member, reason) for member, reason in gaps),
        tuple(others),
        row.unchecked,
    )


def late_content(one: Other) -> bytes:
    """Return what came late, to be sealed."""
    return json.dumps(asdict(one), separators=(",", ":")).encode()


def read_late(content: bytes) -> Other:
    """Return what came late from its opened content."""
    return Other(**json.loads(content))
