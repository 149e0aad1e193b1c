"""The civil registry's file: who lives where, updated as often as it comes; nobody of it is enrolled by it.

A row that can't be read is told and changes nothing, also not the person of whom it speaks; a file that leaves out
many is not believed before somebody says that it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import SystemRandom
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.vocabulary import Kind, Role
from node.domain import forms
from node.domain.household_file import Age, Place, person_text
from node.domain.model import Operator
from node.domain.names import read_birth
from node.domain.registry import RegistryReport, RegistryRow, RejectedRow, is_short
from node.domain.sheet import MAX_CELL, Line, Sheet
from node.ports import Store
from node.sheets.read import read_sheet

REQUIRED = ("codice", "famiglia")
OPTIONAL = ("cognome", "nome", "nascita", "ruolo", "dal")
CHUNK = 1_000
"""Rows of one transaction."""
_MAY_IMPORT = frozenset({Role.MANAGER, Role.NODE_ADMIN})
_AGES = {"": Age.ADULT, "adulto": Age.ADULT, "minore": Age.MINOR}
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})( .*)?")
_T = TypeVar("_T")


class _CellError(Exception):
    def __init__(self, column: str, error: MagliaError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


@dataclass(frozen=True)
class _Read:
    """A file's rows: those that can be read, those that can't, and whether some row's person is unknown."""

    rows: dict[bytes, RegistryRow]
    rejected: list[RejectedRow]
    touched: set[bytes]
    nameless: bool


def import_registry(
    content: bytes,
    file_name: str,
    kind: Kind,
    today: date,
    store: Store,
    operator: Operator,
    *,
    sheet_name: str = "",
    dry_run: bool = False,
    confirmed: bool = False,
) -> RegistryReport:
    """Make the registry on file what the file says; with `dry_run` only tell what would change.

    Of a spreadsheet with several sheets it is the one called `sheet_name`.

    Raises `session.role`, `policy.registry` at a body that is no comune, `input.registry_short` for a file that leaves
    out many unless it is `confirmed`, and what `read_sheet` raises. A failure leaves whole transactions; importing the
    file again completes it.
    """
    if operator.role not in _MAY_IMPORT:
        raise MagliaError(Code.SESSION_ROLE, cause=operator.role.value)
    if kind is not Kind.COMUNE:
        raise MagliaError(Code.POLICY_REGISTRY, cause=kind.value)
    read = _read(read_sheet(content, file_name, REQUIRED, OPTIONAL, sheet_name), today, store)
    known = store.registry_places()
    added = [row for index, row in read.rows.items() if index not in known]
    changed = [
        (known[index].id, row)
        for index, row in read.rows.items()
        if index in known and not store.is_stored(row, known[index])
    ]
    missing = [place.id for index, place in known.items() if index not in read.rows and index not in read.touched]
    departed = [] if read.nameless else missing
    if is_short(len(departed), len(known)) and not (confirmed or dry_run):
        raise MagliaError(Code.INPUT_REGISTRY_SHORT, count=len(departed), known=len(known))
    gone = [place for ids in _chunks(departed) for place in store.places_of_registry(ids)]
    if not dry_run:
        _write(store, added, changed, departed, operator.user)
    return RegistryReport(
        [person_text(row.place.who) for row in added],
        [person_text(row.place.who) for _, row in changed],
        [person_text(place.who) for place in gone],
        len(read.rows) - len(added) - len(changed),
        len(missing) - len(departed),
        read.rejected,
    )


def _write(
    store: Store,
    added: Sequence[RegistryRow],
    changed: Sequence[tuple[int, RegistryRow]],
    departed: Sequence[int],
    actor: str,
) -> None:
    """Store what changed, the new ones in a random order: a file's own would say much of whom it holds."""
    for rows in _chunks(SystemRandom().sample(added, len(added))):
        store.write_registry(rows, [], actor)
    for pairs in _chunks(changed):
        store.write_registry([], pairs, actor)
    for ids in _chunks(departed):
        store.remove_registry(ids, actor)


def _read(sheet: Sheet, today: date, store: Store) -> _Read:
    found = _Read({}, [], set(), False)
    nameless = False
    for line in sheet.lines():
        reader = _Row(sheet, line, today)
        try:
            row = reader.read()
        except _CellError as bad:
            found.rejected.append(RejectedRow(line.row, bad.column, bad.error.code, bad.error.params))
            # Whoever the row is of stays as they are; whom nobody can tell from it may be anybody.
            who = reader.who()
            if who is None:
                nameless = True
            else:
                found.touched.add(store.registry_index(who))
            continue
        index = store.registry_index(row)
        before = found.rows.setdefault(index, row)
        if before is not row and (before.place, before.family) != (row.place, row.family):
            found.rejected.append(RejectedRow(line.row, "codice", Code.INPUT_DUPLICATE_KEY, {"value": "…"}))
    return _Read(found.rows, found.rejected, found.touched, nameless)


class _Row:
    """The cells of one row by column; every read names the column that it fails in."""

    def __init__(self, sheet: Sheet, line: Line, today: date) -> None:
        self._header, self._line, self._today = sheet.header, line, today
        self._cells = dict(zip(sheet.header, line.cells or (), strict=False))

    def read(self) -> RegistryRow:
        """Return the row; raise `_CellError` for the first cell that can't be read."""
        line = self._line
        if line.cells is None or line.fault is not None:
            raise _CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        if len(line.cells) != len(self._header):
            found, wanted = len(line.cells), len(self._header)
            raise _CellError("", MagliaError(Code.INPUT_CELLS, found=found, wanted=wanted))
        for column, cell in self._cells.items():
            if len(cell) > MAX_CELL:
                raise _CellError(column, MagliaError(Code.INPUT_FIELD, field=forms.echo(column)))
        who = self._read("codice", parse_identifier)
        family = self._read("famiglia", lambda text: forms.read_text(text, "famiglia", required=True))
        names = [self._read(name, lambda text: forms.read_text(text, "nome")) for name in ("cognome", "nome")]
        place = Place(
            who,
            self._read("ruolo", lambda text: forms.read_choice(text, _AGES, "ruolo")),
            self._day("dal"),
            name=" ".join(name for name in names if name),
            born=self._day("nascita"),
        )
        return RegistryRow(line.row, place, family)

    def who(self) -> RegistryRow | None:
        """Return the row's person alone, when the code can be read though another cell can't."""
        try:
            return RegistryRow(self._line.row, Place(parse_identifier(self._cells.get("codice", "")), Age.ADULT), "")
        except MagliaError:
            return None

    def _day(self, column: str) -> date | None:
        def read(text: str) -> date:
            parts = _DAY.fullmatch(text.strip())
            return read_birth(f"{parts[3]}-{parts[2]}-{parts[1]}" if parts else text, self._today)

        return self._read(column, read) if self._cells.get(column, "").strip() else None

    def _read(self, column: str, read: Callable[[str], _T]) -> _T:
        try:
            return read(self._cells.get(column, ""))
        except MagliaError as error:
            raise _CellError(column, error) from None


def _chunks(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
