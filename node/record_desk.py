"""What a body has on file of one person, and how an error in it is put right: undone at once, corrected later.

A correction is a new version that everybody at the body can see beside the old one, which answers nothing from then on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, Visibility, is_special
from node.domain import forms
from node.domain.model import AidRecord, Operator
from node.domain.record_file import (
    FiledNamed,
    FiledRecord,
    Note,
    PersonFile,
    check_may_correct,
    check_may_undo,
    check_not_corrected,
    read_number,
)
from node.domain.retention import check_kept
from node.ports import Clock, Store
from node.recording import Recording
from node.records import (
    FREQUENCIES,
    MEANS_TESTS,
    VISIBILITIES,
    check_may_record,
    read_amount,
    read_maybe_day,
)

MAX_NOTE = 2_000
"""Characters of a note."""
_STATES = {"given": AidStatus.GIVEN, "cancelled": AidStatus.CANCELLED}
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class RecordDesk:
    """One body's records as its operators see and change them. `wake` hears of records that may be enrolled."""

    def __init__(self, store: Store, clock: Clock, recording: Recording, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._recording = recording
        self._wake = wake

    def show(self, operator: Operator, identifier: str) -> PersonFile:
        """Return what is on file of a person here; raise `session.role`, `input.*`."""
        check_may_record(operator)
        person = parse_identifier(identifier)
        return PersonFile(self._store.records_of(person), self._store.notes_on(person))

    def find(self, operator: Operator, number: str) -> FiledRecord | FiledNamed:
        """Return one record by its number, also of help to a person without a code.

        Raises `session.role`, `input.record_unknown`, `input.record_ambiguous`.
        """
        check_may_record(operator)
        written = read_number(number)
        try:
            return self._store.find_record(written)
        except MagliaError as error:
            if error.code is not Code.INPUT_RECORD_UNKNOWN:
                raise
            return self._store.find_named_aid(written)

    async def correct(self, operator: Operator, number: str, changes: Mapping[str, str]) -> FiledRecord:
        """Put a new version of a record on file, with `changes` by field as a form has them; return it.

        Raises `session.role`, `input.record_*`, `input.*` for a field that can't be read.
        """
        check_may_record(operator)
        filed = self._store.find_record(read_number(number))
        check_may_correct(filed)
        corrected = self._corrected(filed.record, changes)
        self._check_not_released(filed, corrected)
        async with self._recording.of([corrected]):
            new = self._store.correct_record(filed, corrected, operator.user)
        self._wake()
        return self._store.find_record(new)

    async def undo(self, operator: Operator, number: str) -> FiledRecord | None:
        """Take a record off the file; return the version that is in force again, None after the first one.

        A promise that was confirmed is a promise again, which is returned. Help to a person without a code has one
        version alone. Raises `session.role`, `session.other_operator`,
        `input.record_*`, `input.undo_late`.
        """
        filed = self.find(operator, number)
        if isinstance(filed, FiledNamed):
            check_may_undo(filed.recorded, operator, self._clock.now())
            self._store.undo_named_aid(filed.recorded.id, operator.user)
            return None
        check_not_corrected(filed)
        check_may_undo(filed.recorded, operator, self._clock.now())
        async with self._recording.of(self._in_force_again(filed)):
            self._store.undo_record(filed, operator.user)
        self._wake()
        return self._store.find_record(filed.id) if filed.is_confirmed else self._version_before(filed)

    def add_note(self, operator: Operator, identifier: str, text: str) -> list[Note]:
        """Put a private note on a person on file; return all there are. Raises `input.person_unknown`, `input.*`."""
        check_may_record(operator)
        person = parse_identifier(identifier)
        self._store.add_note(person, read_note(text), operator.user)
        return self._store.notes_on(person)

    def notes(self, operator: Operator, identifier: str) -> list[Note]:
        """Return the private notes on a person, newest first; raise `session.role`, `input.*`."""
        check_may_record(operator)
        return self._store.notes_on(parse_identifier(identifier))

    def _in_force_again(self, filed: FiledRecord) -> list[AidRecord]:
        """Return the record that undoing brings back: whoever it is about may have to be enrolled again."""
        before = self._version_before(filed)
        return [replace(before.record, status=before.status_was)] if before and before.status_was else []

    def _version_before(self, filed: FiledRecord) -> FiledRecord | None:
        """Return the record that this one replaces; None for a first version, and after the older one's own term."""
        if filed.replaces is None:
            return None
        try:
            return self._store.find_record(filed.replaces)
        except MagliaError as error:
            if error.code is not Code.INPUT_RECORD_UNKNOWN:
                raise
            return None

    def _check_not_released(self, filed: FiledRecord, corrected: AidRecord) -> None:
        """Raise `input.record_released` where a promise that was taken back would be help given without its check."""
        if corrected.status is not AidStatus.GIVEN or filed.record.status is AidStatus.GIVEN:
            return
        version: FiledRecord | None = filed
        while version is not None:
            if version.record.reserved_until is not None:  # a promise that was confirmed has no end any more
                raise MagliaError(Code.INPUT_RECORD_RELEASED)
            version = self._version_before(version)

    def _corrected(self, record: AidRecord, changes: Mapping[str, str]) -> AidRecord:
        """Return the record with some fields read anew; raise `input.record_unchanged` when it is the same."""
        read = {field: self._read(field, text) for field, text in changes.items() if field != "amount_cents"}
        facet = str(read.get("facet", record.facet))
        if "amount_cents" in changes or "facet" in changes:
            cents = int(changes.get("amount_cents") or record.amount_cents or 0)
            read["amount_cents"] = read_amount(cents, facet)
        corrected = replace(record, **read)  # type: ignore[arg-type]
        check_kept(facet, corrected.day, self._clock.today())
        forms.read_period(corrected.period_from, corrected.period_to)
        amount, begin = corrected.amount_cents, corrected.period_from
        forms.check_monthly(corrected.frequency, amount, begin, "amount", "period_from")
        if is_special(facet):
            corrected = replace(corrected, visibility=Visibility.ONLY_US)
        if corrected == record:
            raise MagliaError(Code.INPUT_RECORD_UNCHANGED)
        return corrected

    def _read(self, field: str, text: str) -> object:
        if field == "day":
            return forms.read_iso_day(text, self._clock.today())
        if field not in _READ:
            raise MagliaError(Code.INPUT_FIELD, field=forms.echo(field))
        return _READ[field](text)


def read_note(text: str) -> str:
    """Return a note's text, its lines kept; raise `input.missing`, `input.text_long`, `input.text_control`."""
    lines = [" ".join(line.split()) for line in text.strip().replace("\r\n", "\n").split("\n")]
    note = "\n".join(lines)
    if not note:
        raise MagliaError(Code.INPUT_MISSING, field="note")
    if len(note) > MAX_NOTE:
        raise MagliaError(Code.INPUT_TEXT_LONG, field="note", limit=forms.in_italian(MAX_NOTE))
    if _CONTROL.search(note):
        raise MagliaError(Code.INPUT_TEXT_CONTROL, field="note")
    return note


_READ: Mapping[str, Callable[[str], object]] = {
    "facet": forms.read_facet,
    "status": lambda text: forms.read_choice(text, _STATES, "status"),
    "visibility": lambda text: forms.read_choice(text, VISIBILITIES, "visibility"),
    "creditor": lambda text: forms.read_text(text, "creditor"),
    "need": lambda text: parse_need(text) if text.strip() else None,
    "period_from": read_maybe_day,
    "period_to": read_maybe_day,
    "frequency": lambda text: forms.read_choice(text, FREQUENCIES, "frequency"),
    "protocol": lambda text: forms.read_text(text, "protocol"),
    "means_test": lambda text: forms.read_choice(text, MEANS_TESTS, "means_test"),
}
"""How each field of a record that may be corrected is read. Whose it is may not: cancel it, and record it anew."""
