"""What comes out of a body's node, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ExportPart:
    """A table that begins (its name, the titles and types of its columns), or rows of the one that began last."""

    table: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
