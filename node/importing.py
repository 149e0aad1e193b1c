"""Aid records from a CSV file: valid rows are kept, each other row is told with its column and reason.

The file's own key (`chiave`) makes a second import of the same file add nothing. Rows are stored in a random order: two
bodies import the same lists, sorted by surname or by code, and the order of the rows in two stolen databases would then
say which persons are the same, and nearly which codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from random import SystemRandom
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, Basis, Frequency, Kind, MeansTest, Purpose, Visibility, is_special
from node.domain import forms
from node.domain.model import AidRecord, Consent
from node.domain.sheet import MAX_CELL, Line, Sheet
from node.ports import Store
from node.sheets import read_sheet

T = TypeVar("T")
REQUIRED = ("chiave", "codice", "aiuto", "data", "importo", "stato", "base")
OPTIONAL = (
    *("consenso", "informativa", "lingua", "visibilita", "creditore", "fornitura", "dal", "al"),
    *("mensile", "protocollo", "mezzi"),
)
CHUNK = 1_000
"""Rows of one transaction: what a crash may cost, and how long another change may have to wait."""

_STATES = {
    "": AidStatus.GIVEN,
    "dato": AidStatus.GIVEN,
    "riservato": AidStatus.RESERVED,
    "annullato": AidStatus.CANCELLED,
}
_BASES = {"consenso": Basis.CONSENT, "compito pubblico": Basis.PUBLIC_TASK}
_VISIBILITIES = {"": Visibility.NETWORK, "rete": Visibility.NETWORK, "solo noi": Visibility.ONLY_US}

_FREQUENCIES = {
    "": Frequency.ONE_OFF,
    "no": Frequency.ONE_OFF,
    "si": Frequency.MONTHLY,
    "sì": Frequency.MONTHLY,
    "mensile": Frequency.MONTHLY,
}
_MEANS_TESTS = {
    "": MeansTest.NONE,
    "isee": MeansTest.ISEE,
    "altro": MeansTest.OTHER,
    "esente": MeansTest.EXEMPT,
    "nessuno": MeansTest.NONE,
}


@dataclass(frozen=True)
class Rejected:
    """A row that was not kept, numbered as in a spreadsheet (the header is row 1); `params` never hold a tax code."""

    row: int
    column: str
    code: Code
    params: Mapping[str, str]


@dataclass(frozen=True)
class ImportReport:
    """What became of a file's rows; `unchanged` were there already with the same content."""

    added: int
    unchanged: int
    rejected: Sequence[Rejected]


class _CellError(Exception):
    """A cell that can't be read, with its column."""

    def __init__(self, column: str, error: MagliaError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


def import_csv(
    content: bytes,
    file_name: str,
    kind: Kind,
    today: date,
    store: Store,
    actor: str,
    progress: Callable[[int], None] | None = None,
    recording: Callable[[Sequence[AidRecord]], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> ImportReport:
    """Store the valid rows of a file for a body of `kind`; `progress` hears how many rows were dealt with so far.

    Each chunk is stored inside `recording` of its records; where no node serves there is none, and the next start
    counts who awaits.

    Raises `input.encoding`, `input.delimiter`, `input.column` or `input.field` for a file that can't be read at all;
    `storage.unavailable` after which the chunks stored before stay, and importing the file again completes it.
    """
    sheet = read_sheet(content, file_name, REQUIRED, OPTIONAL)
    added = unchanged = read = 0
    rejected: list[Rejected] = []
    for chunk in _chunks(_shuffled(sheet)):
        valid: list[tuple[int, AidRecord]] = []
        for line in chunk:
            try:
                valid.append((line.row, _Row(sheet, line).record(kind, today)))
            except _CellError as bad:
                rejected.append(Rejected(line.row, bad.column, bad.error.code, bad.error.params))
        records = [record for _, record in valid]
        with recording(records):
            outcome = store.import_records(records, actor)
        for (row, record), stored in zip(valid, outcome, strict=True):
            added += stored.added
            unchanged += not stored.added and not stored.conflict
            if stored.conflict:
                key = {"value": forms.echo(record.source_key)}
                rejected.append(Rejected(row, "chiave", Code.INPUT_DUPLICATE_KEY, key))
        read += len(chunk)
        if progress is not None:
            progress(read)
    return ImportReport(added, unchanged, sorted(rejected, key=lambda one: one.row))


def _shuffled(sheet: Sheet) -> list[Line]:
    """Return the lines in an order drawn anew; those with one key keep theirs, so that the first of them is stored."""
    column, draw = sheet.header.index("chiave"), SystemRandom().random
    place: dict[str, float] = defaultdict(draw)

    def place_of(line: Line) -> float:
        has_key = line.cells is not None and len(line.cells) > column
        return place["".join(line.cells[column].split())] if has_key and line.cells else draw()

    return sorted(sheet.lines(), key=place_of)


def _chunks(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), CHUNK):
        yield lines[start : start + CHUNK]


class _Row:
    """The cells of one row by column; every read names the column it fails in."""

    def __init__(self, sheet: Sheet, line: Line) -> None:
        if line.cells is None or line.fault is not None:
            raise _CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        # A missing cell is not an empty one: a cut-off line may have lost "solo noi".
        if len(line.cells) != len(sheet.header):
            found, wanted = len(line.cells), len(sheet.header)
            raise _CellError("", MagliaError(Code.INPUT_CELLS, found=found, wanted=wanted))
        for column, cell in zip(sheet.header, line.cells, strict=True):
            if len(cell) > MAX_CELL:
                shown = forms.echo(column)
                raise _CellError(shown, MagliaError(Code.INPUT_FIELD, field=shown))
        self._cells = dict(zip(sheet.header, line.cells, strict=True))

    def record(self, kind: Kind, today: date) -> AidRecord:
        """Return the row as a record; raise `_CellError` for the first cell that can't be read."""
        key = self._read("chiave", lambda text: forms.read_text(text, "chiave", required=True))
        identifier = self._read("codice", parse_identifier)
        facet = self._read("aiuto", forms.read_facet)
        day = self._day("data", today)
        basis = self._read("base", lambda text: _basis(text, kind))
        period = self._read("al", lambda _: forms.read_period(self._maybe_day("dal"), self._maybe_day("al"), "al"))
        visibility = self._choice("visibilita", _VISIBILITIES)
        amount = self._read("importo", lambda text: _amount(text, facet))
        frequency = self._choice("mensile", _FREQUENCIES)
        self._read("mensile", lambda _: forms.check_monthly(frequency, amount, period[0], "importo", "dal"))
        return AidRecord(
            identifier,
            facet,
            day,
            amount,
            self._choice("stato", _STATES),
            basis,
            Visibility.ONLY_US if is_special(facet) else visibility,
            self._consent(basis, today),
            self._read("creditore", lambda text: forms.read_text(text, "creditore")),
            self._read("fornitura", lambda text: parse_need(text) if text.strip() else None),
            *period,
            key,
            frequency=frequency,
            protocol=self._read("protocollo", lambda text: forms.read_text(text, "protocollo")),
            means_test=self._choice("mezzi", _MEANS_TESTS),
        )

    def _consent(self, basis: Basis, today: date) -> Consent | None:
        """Return the consent on which the record may be shared: whole (day, notice, language) or none (law rule 8)."""
        cells = [self._cells.get(column, "").strip() for column in ("consenso", "informativa", "lingua")]
        if basis is not Basis.CONSENT or not all(cells):
            return None
        return Consent(
            (Purpose.AID_OVERLAP.value,),
            self._read("informativa", lambda text: forms.read_text(text, "informativa")),
            self._read("lingua", lambda text: forms.read_language(text, "lingua")),
            self._day("consenso", today),
        )

    def _read(self, column: str, read: Callable[[str], T]) -> T:
        try:
            return read(self._cells.get(column, ""))
        except MagliaError as error:
            raise _CellError(column, error) from None

    def _choice(self, column: str, choices: Mapping[str, T]) -> T:
        return self._read(column, lambda text: forms.read_choice(text, choices, column))

    def _day(self, column: str, latest: date) -> date:
        return self._read(column, lambda text: forms.read_italian_day(text, latest))

    def _maybe_day(self, column: str) -> date | None:
        return self._day(column, forms.LATEST) if self._cells.get(column, "").strip() else None


def _amount(text: str, facet: str) -> int | None:
    if not text.strip() and not forms.is_in_money(facet):
        return None
    return forms.read_italian_amount(text)


def _basis(text: str, kind: Kind) -> Basis:
    if not text.strip():
        return forms.default_basis(kind)
    return forms.check_basis(forms.read_choice(text, _BASES, "base"), kind, "base")
