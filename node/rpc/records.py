"""The door to what is on file of a person: translates, and calls the work. Nothing is decided here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import TypeVar, cast

from maglia.core.identifiers import COMPOSITE_PREFIX
from maglia.core.national import national_code
from maglia.core.vocabulary import Visibility
from maglia.v1 import records_pb2 as pb
from maglia.v1.records_pb2_grpc import RecordsServiceServicer
from maglia.wire.chain import Context, current_caller
from node.domain.model import Operator
from node.domain.record_file import FiledNamed, FiledRecord, Note
from node.ports import Clock
from node.record_desk import RecordDesk

_Row = TypeVar("_Row")
_PAGE = 100
"""Records of one message: the longest creditor, number and protocol of each leave it well under the limit."""
_NOTES_PAGE = 20


class RecordsDoor(RecordsServiceServicer):
    """One body's operators read here what is on file, and put it right."""

    def __init__(self, desk: RecordDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    async def GetPersonFile(
        self, request: pb.GetPersonFileRequest, context: Context
    ) -> AsyncIterator[pb.GetPersonFileResponse]:
        """Say what is on file of a person."""
        found, day = self._desk.show(_operator(), request.identifier), self._clock.today().isoformat()
        for records in _pages(found.records, _PAGE) or [()]:
            yield pb.GetPersonFileResponse(records=map(_record, records), day=day)
        for notes in _pages(found.notes, _NOTES_PAGE):
            yield pb.GetPersonFileResponse(notes=map(_note, notes), day=day)

    async def GetAid(self, request: pb.GetAidRequest, context: Context) -> pb.GetAidResponse:
        """Say what one record is, and whose."""
        filed, day = self._desk.find(_operator(), request.record), self._clock.today().isoformat()
        if isinstance(filed, FiledNamed):
            return pb.GetAidResponse(record=_named(filed), identifier=f"{COMPOSITE_PREFIX}{filed.person}", day=day)
        return pb.GetAidResponse(record=_record(filed), identifier=filed.record.identifier.text, day=day)

    async def CorrectAid(self, request: pb.CorrectAidRequest, context: Context) -> pb.CorrectAidResponse:
        """Put a new version on file."""
        # Only what was set is listed, though it be empty.
        given = {field.name: str(value) for field, value in request.ListFields() if field.name != "record"}
        changes = {"day" if name == "date" else name: value for name, value in given.items()}
        return pb.CorrectAidResponse(record=_record(await self._desk.correct(_operator(), request.record, changes)))

    async def UndoAid(self, request: pb.UndoAidRequest, context: Context) -> pb.UndoAidResponse:
        """Take a record off the file."""
        again = await self._desk.undo(_operator(), request.record)
        return pb.UndoAidResponse(record=_record(again) if again else None)

    async def AddNote(self, request: pb.AddNoteRequest, context: Context) -> pb.AddNoteResponse:
        """Put a note on file."""
        return pb.AddNoteResponse(notes=len(self._desk.add_note(_operator(), request.identifier, request.text)))

    async def ListNotes(self, request: pb.ListNotesRequest, context: Context) -> AsyncIterator[pb.ListNotesResponse]:
        """Return the notes on a person."""
        for notes in _pages(self._desk.notes(_operator(), request.identifier), _NOTES_PAGE) or [()]:
            yield pb.ListNotesResponse(notes=map(_note, notes))


def _pages(rows: Sequence[_Row], size: int) -> list[Sequence[_Row]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _record(filed: FiledRecord) -> pb.FiledAid:
    """Return a record for the counter's own screen."""
    record = filed.record
    national = national_code(record.facet, record.day)
    return pb.FiledAid(
        id=filed.id,
        version=filed.version,
        replaces=filed.replaces or "",
        replaced_by=filed.replaced_by or "",
        facet=record.facet,
        date=record.day.isoformat(),
        amount_cents=record.amount_cents,
        status=record.status,
        basis=record.basis,
        visibility=record.visibility,
        creditor=record.creditor,
        need=record.need.text if record.need else "",
        period_from=_iso(record.period_from),
        period_to=_iso(record.period_to),
        frequency=record.frequency,
        protocol=record.protocol,
        means_test=record.means_test,
        recorded_by=filed.recorded_by,
        recorded_at_ms=_ms(filed.recorded_at),
        undo_until_ms=_ms(filed.recorded.undo_until),
        keep_until=filed.keep_until.isoformat(),
        national_code=national.code if national else "",
        national_sure=bool(national and national.sure),
        reserved_until_ms=_ms(record.reserved_until or 0),
    )


def _named(filed: FiledNamed) -> pb.FiledAid:
    """Return help to a person without a code: it stays at this body, and has one version."""
    return pb.FiledAid(
        id=filed.recorded.id,
        version=1,
        facet=filed.facet,
        date=filed.day.isoformat(),
        amount_cents=filed.amount_cents,
        status=filed.status,
        basis=filed.basis,
        visibility=Visibility.ONLY_US,
        recorded_by=filed.recorded.recorded_by,
        recorded_at_ms=_ms(filed.recorded.recorded_at),
        undo_until_ms=_ms(filed.recorded.undo_until),
        keep_until=filed.keep_until.isoformat(),
    )


def _note(note: Note) -> pb.PersonNote:
    return pb.PersonNote(text=note.text, written_by=note.written_by, written_at_ms=_ms(note.written_at))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _ms(instant: float) -> int:
    return int(instant * 1000)


def _operator() -> Operator:
    return cast("Operator", current_caller().principal)
