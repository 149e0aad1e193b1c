"""One question to the rules with, where it was written by hand, the rule that it is about and what must come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Vector:
    """A decision to be asked for `document`; generated ones have no rule, title nor expected answer."""

    decision: str
    document: Document
    rule: str = ""
    """As `Rule.full_name` says it, such as `ask.role_allowed`."""
    title: str = ""
    expected: Mapping[str, object] | None = None
    """The decision document without its revision."""
