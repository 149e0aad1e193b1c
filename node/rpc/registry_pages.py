"""A civil registry's file as it travels between a console and its own node, and what became of its rows."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator
from itertools import islice

from maglia.core.errors import Code, MagliaError
from maglia.v1 import persons_pb2 as pb
from node.domain.registry import RegistryReport
from node.rpc.imports import MAX_IMPORT_BYTES

_PAGE = 500


async def joined(first: pb.ImportRegistryRequest, further: AsyncIterable[pb.ImportRegistryRequest]) -> bytes:
    """Return the file's content; raise `input.too_large`."""
    content = bytearray(first.chunk)
    async for piece in further:
        content += piece.chunk
        if len(content) > MAX_IMPORT_BYTES:
            raise MagliaError(Code.INPUT_TOO_LARGE, field=first.file_name, limit="64 MiB")
    return bytes(content)


def registry_pages(report: RegistryReport) -> Iterator[pb.ImportRegistryResponse]:
    """Yield what became of the rows, one page at least."""
    kinds = {"added": report.added, "changed": report.changed, "departed": report.departed}
    changes = (pb.RegistryChange(kind=kind, identifier=code) for kind, codes in kinds.items() for code in codes)
    rejects = (
        pb.RegistryRejected(row=one.row, column=one.column, code=one.code.value, params=one.params)
        for one in report.rejected
    )
    while True:
        page = pb.ImportRegistryResponse(
            added=len(report.added),
            changed=len(report.changed),
            departed=len(report.departed),
            unchanged=report.unchanged,
            held=report.held,
            rejected=len(report.rejected),
            changes=islice(changes, _PAGE),
            rejects=islice(rejects, _PAGE),
        )
        yield page
        if len(page.changes) < _PAGE and len(page.rejects) < _PAGE:
            return
