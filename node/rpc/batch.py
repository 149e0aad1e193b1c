"""The console's door to calls for applicants: translates, and calls the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import cast

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import FAMILY, Facet
from maglia.v1 import batch_pb2 as pb
from maglia.v1.batch_pb2_grpc import BatchServiceServicer
from maglia.wire.chain import Context, current_caller
from node.batches.calls import BatchDesk, RowResult, Wanted
from node.batches.preview import FileReading, ReadRow, preview_applicants
from node.domain.batch import Batch, Progress, RowVerdict
from node.domain.model import Operator
from node.refusals import Refusals
from node.rpc.checks import shown_message, silent_message

MAX_FILE_BYTES = 64 * 1024 * 1024
_PAGE_BYTES = 96 * 1024


class BatchDoor(BatchServiceServicer):
    """One body's officers check whole files here."""

    def __init__(self, desk: BatchDesk, refusals: Refusals) -> None:
        self._desk = desk
        self._refusals = refusals

    async def OpenBatch(
        self, request_iterator: AsyncIterator[pb.OpenBatchRequest], context: Context
    ) -> pb.OpenBatchResponse:
        """Put a file on file, or with a trial only tell how it would be read."""
        operator = _operator()
        with self._refusals.counting(operator.user):
            first, content = await _join(request_iterator)
            if first.facet not in FAMILY:
                raise MagliaError(Code.INPUT_FACET, value=first.facet[:40], allowed=", ".join(Facet))
        columns = dict(first.columns)
        if first.trial:
            read = await asyncio.to_thread(preview_applicants, content, first.file_name, first.sheet, columns)
            return pb.OpenBatchResponse(reading=_reading(read))
        wanted = Wanted(first.procedure.strip(), Facet(first.facet), first.months, first.sheet, columns)
        batch, known = await self._desk.open(content, first.file_name, wanted, operator)
        return pb.OpenBatchResponse(batch=self._message(batch), known=known)

    async def RunBatch(self, request: pb.RunBatchRequest, context: Context) -> AsyncIterator[pb.RunBatchResponse]:
        """Ask what is left, and stream how far it is."""
        run = self._desk.run(request.batch_id, _operator(), is_retry=request.retry)
        async for progress in run.states():
            yield _progress(progress)

    async def PauseBatch(self, request: pb.PauseBatchRequest, context: Context) -> pb.PauseBatchResponse:
        """Ask nothing further."""
        return pb.PauseBatchResponse(batch=self._message(await self._desk.pause(request.batch_id)))

    async def ListBatches(self, request: pb.ListBatchesRequest, context: Context) -> pb.ListBatchesResponse:
        """List them all."""
        return pb.ListBatchesResponse(batches=[self._message(batch) for batch in self._desk.all()])

    async def GetBatch(self, request: pb.GetBatchRequest, context: Context) -> AsyncIterator[pb.GetBatchResponse]:
        """Stream one, a page of rows at a time."""
        batch, counts, results = self._desk.read(request.batch_id)
        yield pb.GetBatchResponse(batch=self._message(batch, counts))
        for rows in _pages(results):
            yield pb.GetBatchResponse(rows=rows)

    async def DeleteBatch(self, request: pb.DeleteBatchRequest, context: Context) -> pb.DeleteBatchResponse:
        """Erase one."""
        self._desk.delete(request.batch_id, _operator())
        return pb.DeleteBatchResponse()

    def _message(self, batch: Batch, counts: dict[str, int] | None = None) -> pb.Batch:
        of = counts if counts is not None else batch.counts
        return pb.Batch(
            id=batch.id,
            procedure=batch.procedure,
            facet=batch.facet,
            months=batch.months,
            file_name=batch.file_name,
            opened_by=batch.opened_by,
            opened_at_ms=int(batch.opened_at * 1000),
            erase_on=batch.erase_on.isoformat(),
            rows=batch.rows,
            rejected=batch.rejected,
            state=self._desk.state(batch),
            stopped=batch.stopped,
            matches=of.get(RowVerdict.MATCH, 0),
            partial=of.get(RowVerdict.PARTIAL, 0),
            none=of.get(RowVerdict.NONE, 0),
            bodies=len(batch.roster),
            stopped_params=dict(batch.stopped_params),
            answered_at_ms=int(batch.answered_at * 1000),
        )


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)


async def _join(pieces: AsyncIterator[pb.OpenBatchRequest]) -> tuple[pb.OpenBatchRequest, bytes]:
    """Return the first message and the whole file; raise `input.too_large`."""
    first, content = pb.OpenBatchRequest(), bytearray()
    async for piece in pieces:
        if not content and piece.facet:
            first = piece
        content += piece.chunk
        if len(content) > MAX_FILE_BYTES:
            raise MagliaError(Code.INPUT_TOO_LARGE, field=first.file_name[:40], limit="64 MiB")
    return first, bytes(content)


def _reading(read: FileReading) -> pb.FileReading:
    error = read.error
    return pb.FileReading(
        titles=read.titles,
        columns=dict(read.columns),
        rows=read.rows,
        rejected=read.rejected,
        first=map(_read_row, read.first),
        code=error.code if error else "",
        params=error.params if error else {},
    )


def _read_row(one: ReadRow) -> pb.ReadRow:
    error = one.error
    return pb.ReadRow(
        row=one.row,
        cells=dict(one.cells),
        column=one.column,
        code=error.code if error else "",
        params=error.params if error else {},
    )


def _progress(progress: Progress) -> pb.RunBatchResponse:
    return pb.RunBatchResponse(
        state=progress.state,
        naming=progress.is_naming,
        done=progress.done,
        total=progress.total,
        left_ms=int(progress.left_s * 1000) if progress.left_s is not None else None,
        silent=progress.silent,
        stopped=progress.stopped,
        stopped_params=dict(progress.stopped_params),
        awaited=progress.awaited,
    )


def _pages(results: Iterator[RowResult]) -> Iterator[list[pb.BatchRow]]:
    """Yield rows by the size of what is said of them: where many bodies are silent a row is long."""
    page: list[pb.BatchRow] = []
    size = 0
    for result in results:
        row = _row(result)
        page.append(row)
        size += row.ByteSize()
        if size > _PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page


def _row(result: RowResult) -> pb.BatchRow:
    if result.rejected is not None:
        bad = result.rejected
        return pb.BatchRow(
            row=result.row,
            verdict=result.verdict,
            identifier=bad.written,
            column=bad.column,
            code=bad.code,
            params=dict(bad.params),
        )
    one, state = result.applicant, result.state
    if one is None or state is None:
        raise ValueError("a row that is neither rejected nor asked about")
    heard = state.answered + len(state.refused) + len(state.silent)
    return pb.BatchRow(
        row=result.row,
        verdict=result.verdict,
        identifier=one.identifier.text,
        household=one.household,
        protocol=one.protocol,
        points=one.points,
        answered=state.answered,
        asked=state.asked,
        findings=[shown_message(shown) for shown in state.shown],
        silent=[silent_message(outcome, str(outcome.silence)) for outcome in state.silent],
        refused=[silent_message(outcome, outcome.refusal) for outcome in state.refused],
        unasked=max(state.asked - heard, 0),
        omitted=state.omitted,
        same_household=result.same_household,
        same_need=result.same_need,
    )
