"""What speaks gRPC about calls for applicants: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.v1 import batch_pb2 as pb
from maglia.v1.batch_pb2_grpc import BatchServiceStub
from tui.batch_model import Batch, BatchRow, CallAsked, FileReading, Progress, ReadRow
from tui.check_messages import bodies_of, finding_of
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.batch_pb2_grpc import BatchServiceAsyncStub

_CHUNK = 64 * 1024
_FILE_S = 300.0
"""Seconds to read a file or to write its rows."""
_PAUSE_S = 60.0
"""Seconds for what was asked to be answered, or given up."""


def _unwatched(_sent: int) -> None:
    """Be told how much of a file has left, where nobody looks."""


class BatchDoor(NodeDoor):
    """What an officer does with calls for applicants."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._batches: BatchServiceAsyncStub = BatchServiceStub(self._channel)

    async def open_batch(self, content: bytes, file_name: str, asked: CallAsked) -> tuple[Batch, bool]:
        """Put a file on file; return it, and whether the very same was there already."""
        response = await self._send(content, file_name, asked, trial=False)
        return _batch(response.batch), response.known

    async def read_file(
        self, content: bytes, file_name: str, asked: CallAsked, sent: Callable[[int], None] = _unwatched
    ) -> FileReading:
        """Return how the node reads a file; nothing is put on file. `sent` is told how many bytes have left."""
        return _reading((await self._send(content, file_name, asked, sent, trial=True)).reading)

    async def _send(
        self, content: bytes, file_name: str, asked: CallAsked, sent: Callable[[int], None] = _unwatched, *, trial: bool
    ) -> pb.OpenBatchResponse:
        first = pb.OpenBatchRequest(
            file_name=file_name,
            procedure=asked.procedure,
            facet=asked.facet,
            months=asked.months,
            sheet=asked.sheet,
            columns=dict(asked.columns),
            trial=trial,
        )

        def pieces() -> Iterator[pb.OpenBatchRequest]:
            yield first
            for at in range(0, len(content), _CHUNK):
                yield pb.OpenBatchRequest(chunk=content[at : at + _CHUNK])
                sent(min(at + _CHUNK, len(content)))

        return await answer(self._batches.OpenBatch(pieces(), metadata=self._metadata, timeout=_FILE_S))

    async def run_batch(self, batch_id: str, *, retry: bool) -> AsyncIterator[Progress]:
        """Have whoever is left asked, and yield how far it is until it ends; the node goes on without a watcher."""
        request = pb.RunBatchRequest(batch_id=batch_id, retry=retry)
        async for one in stream(self._batches.RunBatch(request, metadata=self._metadata)):
            yield Progress(
                state=plain(one.state),
                is_naming=one.naming,
                done=one.done,
                total=one.total,
                left_ms=one.left_ms if one.HasField("left_ms") else None,
                silent=tuple(map(plain, one.silent)),
                stopped=plain(one.stopped),
                awaited=tuple(map(plain, one.awaited)),
            )

    async def pause_batch(self, batch_id: str) -> Batch:
        """Have nobody asked any further."""
        request = pb.PauseBatchRequest(batch_id=batch_id)
        call = self._batches.PauseBatch(request, metadata=self._metadata, timeout=_PAUSE_S)
        return _batch((await answer(call)).batch)

    async def batches(self) -> list[Batch]:
        """Return them all, the newest first."""
        call = self._batches.ListBatches(pb.ListBatchesRequest(), metadata=self._metadata, timeout=CALL_S)
        return [_batch(one) for one in (await answer(call)).batches]

    async def batch_rows(self, batch_id: str) -> tuple[Batch, list[BatchRow]]:
        """Return one with its rows, in the file's order; raise `input.batch`."""
        batch: Batch | None = None
        rows: list[BatchRow] = []
        request = pb.GetBatchRequest(batch_id=batch_id)
        async for page in stream(self._batches.GetBatch(request, metadata=self._metadata, timeout=_FILE_S)):
            if page.HasField("batch"):
                batch = _batch(page.batch)
            rows += map(_row, page.rows)
        if batch is None:
            raise MagliaError(Code.NETWORK_ANSWER, cause="rows of no batch")
        return batch, rows

    async def delete_batch(self, batch_id: str) -> None:
        """Have it erased."""
        request = pb.DeleteBatchRequest(batch_id=batch_id)
        await answer(self._batches.DeleteBatch(request, metadata=self._metadata, timeout=CALL_S))


def _batch(one: pb.Batch) -> Batch:
    return Batch(
        id=plain(one.id),
        procedure=plain(one.procedure),
        facet=plain(one.facet),
        months=one.months,
        file_name=plain(one.file_name),
        opened_by=plain(one.opened_by),
        opened_at_ms=one.opened_at_ms,
        erase_on=plain(one.erase_on),
        rows=one.rows,
        rejected=one.rejected,
        state=plain(one.state),
        stopped=plain(one.stopped),
        matches=one.matches,
        partial=one.partial,
        none=one.none,
        bodies=one.bodies,
        stopped_params={plain(name): plain(value) for name, value in one.stopped_params.items()},
        answered_at_ms=one.answered_at_ms,
    )


def _row(one: pb.BatchRow) -> BatchRow:
    return BatchRow(
        row=one.row,
        verdict=plain(one.verdict),
        identifier=plain(one.identifier),
        household=plain(one.household),
        protocol=plain(one.protocol),
        points=one.points if one.HasField("points") else None,
        answered=one.answered,
        asked=one.asked,
        findings=tuple(map(finding_of, one.findings)),
        silent=bodies_of(one.silent),
        refused=bodies_of(one.refused),
        unasked=one.unasked,
        omitted=one.omitted,
        same_household=tuple(one.same_household),
        same_need=tuple(one.same_need),
        column=plain(one.column),
        code=plain(one.code),
        params={plain(name): plain(value) for name, value in one.params.items()},
    )


def _reading(one: pb.FileReading) -> FileReading:
    # A title is sent back as it came: made plain only where it is shown.
    return FileReading(
        titles=tuple(one.titles),
        columns=dict(one.columns),
        rows=one.rows,
        rejected=one.rejected,
        first=tuple(map(_read_row, one.first)),
        code=plain(one.code),
        params={plain(name): plain(value) for name, value in one.params.items()},
    )


def _read_row(one: pb.ReadRow) -> ReadRow:
    return ReadRow(
        row=one.row,
        cells={plain(name): plain(value) for name, value in one.cells.items()},
        column=plain(one.column),
        code=plain(one.code),
        params={plain(name): plain(value) for name, value in one.params.items()},
    )
