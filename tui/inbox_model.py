"""Notices of the body's node, as plain values: what commands show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """One notice; `created_ms` is milliseconds since the epoch, `check_id` empty where it is about none.

    `kind` is a word of `maglia.core.notices`, or one that a newer node knows.
    """

    number: int
    kind: str
    check_id: str
    params: Mapping[str, str]
    created_ms: int
    unread: bool
    for_all: bool

    @property
    def name(self) -> str:
        """Return `A-0007`."""
        return f"A-{self.number:04d}"

    def count(self, name: str) -> int:
        """Return a number among the parameters, 0 where it is none."""
        text = self.params.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else 0
