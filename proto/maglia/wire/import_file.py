"""A file on its way into a node, and what the node says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import grpc

from maglia.core.codes import Code
from maglia.core.errors import MagliaError
from maglia.core.import_file import FileAsked, ImportOutcome, PreviewedLine
from maglia.core.rejected import RejectedLine
from maglia.v1 import files_pb2 as pb
from maglia.wire.status import error_of

if TYPE_CHECKING:
    Call = grpc.aio.StreamStreamCall[pb.ImportFileRequest, pb.ImportFileResponse]

_CHUNK = 64 * 1024


async def import_through(
    call: Call, name: str, content: bytes, asked: FileAsked, progress: Callable[[int, int], None]
) -> ImportOutcome:
    """Return what became of the rows, while `progress` hears how far the import is.

    The file follows when the node has said that it takes it: of a call refused while pieces are being written, gRPC
    would not tell why. Raises what the node refuses with, and `network.import` where it is gone once it has the file.
    """
    has_begun = False
    try:
        responses = await _begin(call, name, asked)
        has_begun = True
        await _hand_in(call, content)
        return await _read(responses, progress)
    except grpc.aio.AioRpcError as failure:
        error = error_of(failure)
        if has_begun and error.code is Code.NETWORK_UNREACHABLE:
            raise MagliaError(Code.NETWORK_IMPORT, cause=error.cause) from failure
        raise error from failure


async def _begin(call: Call, name: str, asked: FileAsked) -> AsyncIterator[pb.ImportFileResponse]:
    plan = pb.ImportPlan(columns=asked.columns, fixed=asked.fixed, decimals=asked.decimals, sheet=asked.sheet)
    await call.write(
        pb.ImportFileRequest(
            plan=plan,
            file_name=name,
            trial=asked.trial,
            save_template=asked.save_template,
            template=asked.template,
            lang=asked.lang,
        )
    )
    responses = aiter(call)
    await anext(responses, None)
    return responses


async def _hand_in(call: Call, content: bytes) -> None:
    for start in range(0, len(content), _CHUNK):
        await call.write(pb.ImportFileRequest(chunk=content[start : start + _CHUNK]))
    await call.done_writing()


async def _read(responses: AsyncIterator[pb.ImportFileResponse], progress: Callable[[int, int], None]) -> ImportOutcome:
    rejected: list[RejectedLine] = []
    preview: list[PreviewedLine] = []
    titles: tuple[str, ...] = ()
    last = pb.ImportFileResponse()
    async for last in responses:
        if last.total:
            progress(last.done, last.total)
        titles = titles or tuple(last.titles)
        preview += map(_previewed, last.preview)
        rejected += map(_rejected, last.rejected)
    return ImportOutcome(last.added, last.unchanged, rejected, titles, preview)


def _rejected(one: pb.RejectedLine) -> RejectedLine:
    return RejectedLine(one.row, one.column, Code(one.code), dict(one.params), tuple(one.cells), one.raw)


def _previewed(one: pb.PreviewedLine) -> PreviewedLine:
    cells = tuple((cell.column, cell.words) for cell in one.cells)
    return PreviewedLine(one.row, cells, one.code, one.column, dict(one.params))
