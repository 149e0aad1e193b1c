"""What speaks gRPC about files: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from maglia.core.import_file import FileAsked, ImportOutcome
from maglia.v1 import files_pb2 as pb
from maglia.v1.files_pb2_grpc import FilesServiceStub
from maglia.wire.import_file import import_through
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.files_model import ExportPart
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.files_pb2_grpc import FilesServiceAsyncStub


class FilesDoor(NodeDoor):
    """Where an operator hands in and takes out files."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._files: FilesServiceAsyncStub = FilesServiceStub(self._channel)

    async def import_file(
        self, name: str, content: bytes, asked: FileAsked, progress: Callable[[int, int], None]
    ) -> ImportOutcome:
        """Import a file; return what became of its rows. It may take as long as it needs."""
        call = self._files.ImportFile(metadata=self._metadata)
        try:
            return await import_through(call, name, content, asked, progress)
        finally:
            call.cancel()

    async def export(self) -> AsyncIterator[ExportPart]:
        """Yield all that the body keeps: tables as they begin, and their rows. It may take as long as it needs."""
        call = self._files.ExportAll(pb.ExportAllRequest(), metadata=self._metadata)
        async for part in stream(call):
            columns = [(plain(one.title), one.type) for one in part.columns]
            yield ExportPart(part.table, columns, [list(row.cells) for row in part.rows])

    async def templates(self) -> list[tuple[str, dict[str, str], str]]:
        """Return the kept plans: name, title in the file by column, who saved it."""
        call = self._files.ListTemplates(pb.ListTemplatesRequest(), metadata=self._metadata, timeout=CALL_S)
        return [
            (
                plain(one.name),
                {plain(column): plain(title) for column, title in one.plan.columns.items()},
                plain(one.saved_by),
            )
            for one in (await answer(call)).templates
        ]
