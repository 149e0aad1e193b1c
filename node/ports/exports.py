"""What a body takes out of its node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from node.domain.export import ExportedTable


class Exports(Protocol):
    """All that the body keeps."""

    def exported_tables(self) -> Iterator[ExportedTable]:
        """Yield every table of the body; rows are read in pages when they are asked for."""
        ...

    def note_export(self, actor: str) -> None:
        """Put on file, as an audit event, that everything is taken out."""
        ...
