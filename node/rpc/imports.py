"""A file of records as it travels between a console and its own node: in pieces, and its rejected rows in pages."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2 as pb
from node.importing.aid import ImportReport

MAX_IMPORT_BYTES = 64 * 1024 * 1024
_PAGE = 500


async def join_pieces(pieces: AsyncIterable[pb.ImportRecordsRequest]) -> tuple[str, bytes]:
    """Return the file's name and content; raise `input.too_large`."""
    name, content = "", bytearray()
    async for piece in pieces:
        name = name or piece.file_name
        content += piece.chunk
        if len(content) > MAX_IMPORT_BYTES:
            raise MagliaError(Code.INPUT_TOO_LARGE, field=name, limit="64 MiB")
    return name, bytes(content)


def report_pages(report: ImportReport) -> Iterator[pb.ImportRecordsResponse]:
    """Yield what became of the rows, one page at least."""
    for start in range(0, len(report.rejected) or 1, _PAGE):
        yield pb.ImportRecordsResponse(
            added=report.added,
            unchanged=report.unchanged,
            rejected=[
                pb.RejectedRow(row=each.row, column=each.column, code=each.code.value, params=each.params)
                for each in report.rejected[start : start + _PAGE]
            ],
            rejected_total=len(report.rejected),
        )
