"""Notices to a body's operators: short public words and numbers, never a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from maglia.core.notices import NoticeKind
from maglia.core.quoted import may_hold_code

_NAME = re.compile(r"[a-z][a-z_]{0,29}")
_MOST = 16
_LONGEST = 60


@dataclass(frozen=True)
class Notice:
    """One notice: to the operator of that user, or to all of the body where `operator` is empty.

    A person is named only through `check_id` or the id of a record in `params`. Raises `ValueError` for what is not
    short, or may be a person's code.
    """

    kind: NoticeKind
    operator: str
    check_id: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.params) > _MOST or any(not _is_short(name, value) for name, value in self.params.items()):
            raise ValueError("a notice is made of short public words and numbers")


@dataclass(frozen=True)
class Kept:
    """A notice on file; `created_at` is in seconds since the epoch."""

    number: int
    notice: Notice
    created_at: float
    unread: bool


def notice_name(number: int) -> str:
    """Return `A-0007`."""
    return f"A-{number:04d}"


def short_name(record_id: str) -> str:
    """Return as much of a record's id as people type: all of it would look like a code by chance now and then."""
    return record_id[:8]


def _is_short(name: str, value: str | int) -> bool:
    if isinstance(value, int):
        return _NAME.fullmatch(name) is not None
    return _NAME.fullmatch(name) is not None and len(value) <= _LONGEST and not may_hold_code(value)
