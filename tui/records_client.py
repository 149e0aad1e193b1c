"""What speaks gRPC about a person's file: calls to the own body's node, answered with plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from maglia.v1 import records_pb2 as pb
from maglia.v1.records_pb2_grpc import RecordsServiceStub
from tui.client import NodeDoor
from tui.door import CALL_S, Line, answer, stream
from tui.profile import Profile
from tui.records_model import Correction, FiledAid, FoundAid, Note, PersonFile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.v1.records_pb2_grpc import RecordsServiceAsyncStub

_LONGEST_NOTE = 2_000


class RecordsDoor(NodeDoor):
    """What an operator reads of a person's file, and puts right in it."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._records: RecordsServiceAsyncStub = RecordsServiceStub(self._channel)

    async def person_file(self, identifier: str) -> PersonFile:
        """Return what is on file of a person."""
        request = pb.GetPersonFileRequest(identifier=identifier)
        records: list[FiledAid] = []
        notes: list[Note] = []
        day = ""
        async for page in stream(self._records.GetPersonFile(request, metadata=self._metadata, timeout=CALL_S)):
            records += map(_filed, page.records)
            notes += map(_note, page.notes)
            day = plain(page.day, 10)
        return PersonFile(tuple(records), tuple(notes), day)

    async def aid(self, number: str) -> FoundAid:
        """Return one record by its number, with whose it is; raise `input.record_*`."""
        request = pb.GetAidRequest(record=number)
        found = await answer(self._records.GetAid(request, metadata=self._metadata, timeout=CALL_S))
        return FoundAid(_filed(found.record), plain(found.identifier), plain(found.day, 10))

    async def correct_aid(self, number: str, correction: Correction) -> FiledAid:
        """Put a new version of a record on file; return it."""
        changes = {name: value for name, value in asdict(correction).items() if value is not None}
        request = pb.CorrectAidRequest(record=number, **changes)
        return _filed((await answer(self._records.CorrectAid(request, metadata=self._metadata, timeout=CALL_S))).record)

    async def undo_aid(self, number: str) -> FiledAid | None:
        """Take a record off the file; return the version that is in force again, if there is one."""
        request = pb.UndoAidRequest(record=number)
        response = await answer(self._records.UndoAid(request, metadata=self._metadata, timeout=CALL_S))
        return _filed(response.record) if response.HasField("record") else None

    async def add_note(self, identifier: str, text: str) -> int:
        """Put a private note on file; return how many there are."""
        request = pb.AddNoteRequest(identifier=identifier, text=text)
        return (await answer(self._records.AddNote(request, metadata=self._metadata, timeout=CALL_S))).notes

    async def notes(self, identifier: str) -> tuple[Note, ...]:
        """Return the private notes on a person, newest first."""
        call = self._records.ListNotes(
            pb.ListNotesRequest(identifier=identifier), metadata=self._metadata, timeout=CALL_S
        )
        return tuple([_note(one) async for page in stream(call) for one in page.notes])


def _filed(message: pb.FiledAid) -> FiledAid:
    return FiledAid(
        id=plain(message.id, 32),
        version=message.version,
        replaces=plain(message.replaces, 32),
        replaced_by=plain(message.replaced_by, 32),
        facet=plain(message.facet),
        date=plain(message.date, 10),
        amount_cents=message.amount_cents if message.HasField("amount_cents") else None,
        status=plain(message.status),
        basis=plain(message.basis),
        visibility=plain(message.visibility),
        creditor=plain(message.creditor, 200),
        need=plain(message.need),
        period_from=plain(message.period_from, 10),
        period_to=plain(message.period_to, 10),
        frequency=plain(message.frequency),
        protocol=plain(message.protocol, 200),
        means_test=plain(message.means_test),
        recorded_by=plain(message.recorded_by),
        recorded_at_ms=message.recorded_at_ms,
        undo_until_ms=message.undo_until_ms,
        keep_until=plain(message.keep_until, 10),
        national_code=plain(message.national_code),
        national_sure=message.national_sure,
        reserved_until_ms=message.reserved_until_ms,
    )


def _note(message: pb.PersonNote) -> Note:
    lines = "\n".join(plain(line, _LONGEST_NOTE) for line in message.text.split("\n"))
    return Note(lines, plain(message.written_by), message.written_at_ms)
