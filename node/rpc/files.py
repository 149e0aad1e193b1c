"""The door for files: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from threading import Event
from typing import cast

from maglia.core.bundle import bundle_revision, open_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.import_file import FileAsked, PreviewedLine
from maglia.core.rejected import SHOWN, SHOWN_LINE, RejectedLine
from maglia.policy.engine import merged_data
from maglia.v1 import files_pb2 as pb
from maglia.v1.files_pb2_grpc import FilesServiceServicer
from maglia.wire.chain import Context, current_caller
from node.domain.amounts import Decimals
from node.domain.import_plan import Plan
from node.domain.model import Operator
from node.exporting import export_all
from node.importing.aid import Importing, ImportReport, open_file
from node.importing.preview import previewed
from node.importing.templates import plan_of, save_template
from node.ports import Clock, Store
from node.recording import Recording
from node.rpc.imports import MAX_IMPORT_BYTES
from node.status import Profile

_PAGE_BYTES = 64 * 1024
_USUAL_CELLS = 100
_EXPORT_PAGE = 50
_Progress = tuple[int, int]


class FilesDoor(FilesServiceServicer):
    """One body's operators hand in and take out files here."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        profile: Profile,
        recording: Recording,
        enrol: Callable[[], None],
        bundle: Callable[[], bytes],
    ) -> None:
        self._store = store
        self._clock = clock
        self._profile = profile
        self._bundle = bundle
        self._recording = recording
        self._enrol = enrol

    async def ImportFile(
        self, request_iterator: AsyncIterator[pb.ImportFileRequest], context: Context
    ) -> AsyncIterator[pb.ImportFileResponse]:
        """Import a file sent in pieces; whoever hangs up stops it between two transactions."""
        operator = cast("Operator", current_caller().principal)
        first = await anext(request_iterator, pb.ImportFileRequest())
        yield pb.ImportFileResponse()  # whoever sends the file waits for this
        content = await _joined(first, request_iterator)
        plan = plan_of(self._store, read_plan(first.plan), first.template)
        opened = await asyncio.to_thread(open_file, content, first.file_name, plan)
        if first.save_template:
            save_template(self._store, first.save_template, opened.plan, operator.user)
        loop, steps, stop = asyncio.get_running_loop(), asyncio.Queue[_Progress | None](), Event()

        def heard(done: int, total: int) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, (done, total))

        importing = await asyncio.to_thread(
            Importing,
            opened,
            self._profile.kind(),
            self._clock.today(),
            self._store,
            operator.user,
            heard,
            self._recording.in_thread(),
            stop.is_set,
        )
        if first.trial:
            lines = await asyncio.to_thread(lambda: list(previewed(importing.preview(), first.lang or "it")))
            yield pb.ImportFileResponse(titles=opened.sheet.titles, preview=map(_previewed, lines))
        work = asyncio.create_task(asyncio.to_thread(importing.attempt if first.trial else importing.run))
        work.add_done_callback(lambda _: steps.put_nowait(None))
        try:
            while (step := await steps.get()) is not None:
                yield pb.ImportFileResponse(done=step[0], total=step[1])
            for page in _pages(await work):
                yield page
        finally:
            stop.set()
            work.add_done_callback(_look_at)
            self._enrol()

    async def ListTemplates(self, request: pb.ListTemplatesRequest, context: Context) -> pb.ListTemplatesResponse:
        """Name the kept plans."""
        kept = self._store.templates()
        return pb.ListTemplatesResponse(
            templates=[
                pb.ImportTemplate(name=one.name, plan=plan_message(one.plan), saved_by=one.saved_by) for one in kept
            ]
        )

    async def ExportAll(self, request: pb.ExportAllRequest, context: Context) -> AsyncIterator[pb.ExportAllResponse]:
        """Hand out all that the body keeps, to be put on file first."""
        operator = cast("Operator", current_caller().principal)
        bundle = self._bundle()
        revision = bundle_revision(bundle)
        rules = merged_data(open_bundle(bundle, revision)).get("maglia", {})
        self._store.note_export(operator.user)
        for table in export_all(self._store, rules, self._profile.kind(), self._profile.name(), revision):
            columns = [pb.ExportColumn(title=one.title, type=one.type.value) for one in table.columns]
            yield pb.ExportAllResponse(table=table.name, columns=columns)
            rows = iter(table.rows)
            while page := await asyncio.to_thread(lambda: list(islice(rows, _EXPORT_PAGE))):  # noqa: B023 - awaited here
                yield pb.ExportAllResponse(rows=[pb.ExportRow(cells=cells) for cells in page])


def read_plan(message: pb.ImportPlan) -> Plan:
    """Return a plan as it was sent; raise `input.choice`."""
    choices = [""] + [each.value for each in Decimals]
    if message.decimals not in choices:
        raise MagliaError(Code.INPUT_CHOICE, value="…", option="--decimali", allowed=", ".join(choices[1:]))
    decimals = Decimals(message.decimals) if message.decimals else None
    return Plan(dict(message.columns), dict(message.fixed), decimals, message.sheet)


def asked_plan(asked: FileAsked) -> Plan:
    """Return the plan that a command asks for; raise `input.choice`."""
    return read_plan(
        pb.ImportPlan(columns=asked.columns, fixed=asked.fixed, decimals=asked.decimals, sheet=asked.sheet)
    )


def plan_message(plan: Plan) -> pb.ImportPlan:
    """Return a plan as it is sent."""
    return pb.ImportPlan(columns=plan.columns, fixed=plan.fixed, decimals=plan.decimals or "", sheet=plan.sheet)


async def _joined(first: pb.ImportFileRequest, pieces: AsyncIterator[pb.ImportFileRequest]) -> bytes:
    """Return the content of all messages; raise `input.too_large`."""
    content = bytearray(first.chunk)
    async for piece in pieces:
        content += piece.chunk
        if len(content) > MAX_IMPORT_BYTES:
            raise MagliaError(Code.INPUT_TOO_LARGE, field=first.file_name, limit="64 MiB")
    return bytes(content)


def _look_at(work: asyncio.Task[ImportReport]) -> None:
    """Take notice of how it ended: nobody waits any more for the work of a call that was hung up."""
    if not work.cancelled():
        work.exception()


def _pages(report: ImportReport) -> Iterator[pb.ImportFileResponse]:
    """Yield what became of the rows, one page at least, each of a message's size."""

    def page() -> pb.ImportFileResponse:
        return pb.ImportFileResponse(
            finished=True, added=report.added, unchanged=report.unchanged, rejected_total=len(report.rejected)
        )

    filling = page()
    filling.titles.extend(title[:SHOWN] for title in report.sheet.titles)
    for line in report.rejected_lines():
        filling.rejected.append(_rejected(line))
        if filling.ByteSize() > _PAGE_BYTES:
            yield filling
            filling = page()
    yield filling


def _rejected(line: RejectedLine) -> pb.RejectedLine:
    """Return a row with as much of its cells as an error file shows, and one character more where there is more."""
    most = SHOWN if len(line.cells) <= _USUAL_CELLS else SHOWN // 10
    return pb.RejectedLine(
        row=line.row,
        column=line.column,
        code=line.code.value,
        params=line.params,
        cells=[cell[: most + 1] for cell in line.cells],
        raw=line.raw[: SHOWN_LINE + 1],
    )


def _previewed(line: PreviewedLine) -> pb.PreviewedLine:
    cells = [pb.PreviewedCell(column=column, words=words) for column, words in line.cells]
    return pb.PreviewedLine(row=line.row, cells=cells, code=line.code, column=line.column, params=line.params)
