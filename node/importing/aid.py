"""Aid records from a file: valid rows are kept, each other row is told with its column and reason.

The file's own key (`chiave`) makes a second import of the same file add nothing, and lets one that was stopped go on.
Rows are stored in a random order: two bodies import the same lists, sorted by surname or by code, and the order of the
rows in two stolen databases would then say which persons are the same, and nearly which codes. A person's rows are
stored together: the database says itself whose they are, and the person is then looked for once. Only where each row
stands is held for that, and not the rows.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, pairwise

from maglia.core.errors import Code, MagliaError
from maglia.core.rejected import RejectedLine
from maglia.core.vocabulary import Kind
from node.domain import forms
from node.domain.amounts import is_with_point
from node.domain.import_plan import Plan, apply_plan, check_plan
from node.domain.model import AidRecord, ImportedRow
from node.domain.sheet import Line, Sheet
from node.importing.columns import OPTIONAL, REQUIRED, CellError
from node.importing.rows import RowReader
from node.ports import Store
from node.sheets.read import open_sheet

CHUNK = 1_000
"""Rows of one transaction: what a crash may cost, and how long another change may have to wait."""
PREVIEWED = 5
_Recording = Callable[[Sequence[AidRecord]], AbstractContextManager[None]]


@dataclass(frozen=True)
class Rejected:
    """A row that was not kept, numbered as in a spreadsheet (the first is row 1); `params` never hold a tax code."""

    row: int
    column: str
    code: Code
    params: Mapping[str, str]
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What became of a file's rows; `unchanged` were there already with the same content."""

    added: int
    unchanged: int
    rejected: Sequence[Rejected]
    sheet: Sheet = field(repr=False)

    def rejected_lines(self) -> Iterator[RejectedLine]:
        """Yield the rejected rows with their cells, read again from the file."""
        for one in self.rejected:
            line = self.sheet.line_at(one.row, one.start, one.end)
            yield RejectedLine(one.row, one.column, one.code, one.params, line.cells or (), line.raw)


@dataclass(frozen=True)
class OpenedFile:
    """A file whose columns are known."""

    sheet: Sheet
    plan: Plan


def open_file(content: bytes, file_name: str, plan: Plan | None = None) -> OpenedFile:
    """Return the file under the columns of an import.

    Raises `input.map`, as `open_sheet` and as `apply_plan`: for a file that can't be read at all.
    """
    plan = check_plan(plan or Plan(), (*REQUIRED, *OPTIONAL))
    sheet = open_sheet(content, file_name, [*REQUIRED, *OPTIONAL], plan.sheet)
    return OpenedFile(apply_plan(sheet, plan, forms.echo(file_name), REQUIRED, OPTIONAL), plan)


class Importing:
    """One import of one file for a body of `kind`.

    `progress` hears how many rows of how many were dealt with; `stopped` is asked between transactions. Each chunk is
    stored inside `recording` of its records; where no node serves there is none, and the next start counts who awaits.
    """

    def __init__(
        self,
        opened: OpenedFile,
        kind: Kind,
        today: date,
        store: Store,
        actor: str,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        recording: _Recording = lambda _: nullcontext(),
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sheet = opened.sheet
        self._survey = _Survey(opened.sheet, opened.plan)
        plan = opened.plan
        doubtful = self._survey.doubtful
        self._reader = RowReader(opened.sheet.header, kind, today, plan.fixed, plan.decimals, doubtful=doubtful)
        self._store = store
        self._actor = actor
        self._progress = progress
        self._recording = recording
        self._stopped = stopped

    def preview(self) -> Iterator[tuple[int, AidRecord | CellError]]:
        """Yield the first rows of the file as they are read, or what is wrong with them."""
        lines = list(islice(self._sheet.lines(), PREVIEWED))
        for line, read in zip(lines, self._reader.read(lines), strict=True):
            yield line.row, read

    def run(self) -> ImportReport:
        """Store the valid rows.

        Raises `input.stopped` when it was told to stop, `storage.unavailable`; the chunks stored before stay, and
        importing the file again goes on from there.
        """

        def keep(records: Sequence[AidRecord]) -> list[ImportedRow]:
            with self._recording(records):
                return self._store.import_records(records, self._actor)

        return self._through(keep)

    def attempt(self) -> ImportReport:
        """Say what storing the valid rows would do, and store nothing."""
        return self._through(_Attempt(self._store).look)

    def _through(self, keep: Callable[[Sequence[AidRecord]], list[ImportedRow]]) -> ImportReport:
        added = unchanged = done = 0
        rejected: list[Rejected] = []
        for chunk in self._survey.chunks(self._sheet):
            if self._stopped():
                raise MagliaError(Code.INPUT_STOPPED, done=done, total=self._survey.total)
            valid: list[tuple[Line, AidRecord]] = []
            for line, read in zip(chunk, self._reader.read(chunk), strict=True):
                if isinstance(read, CellError):
                    rejected.append(_rejected(line, read.column, read.error.code, read.error.params))
                else:
                    valid.append((line, read))
            for (line, record), stored in zip(valid, keep([record for _, record in valid]), strict=True):
                added += stored.added
                unchanged += not stored.added and not stored.conflict
                if stored.conflict:
                    key = {"value": forms.echo(record.source_key)}
                    rejected.append(_rejected(line, "chiave", Code.INPUT_DUPLICATE_KEY, key))
            done += len(chunk)
            self._progress(done, self._survey.total)
        return ImportReport(added, unchanged, sorted(rejected, key=lambda one: one.row), self._sheet)


def import_file(
    content: bytes,
    file_name: str,
    kind: Kind,
    today: date,
    store: Store,
    actor: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    recording: _Recording = lambda _: nullcontext(),
    plan: Plan | None = None,
) -> ImportReport:
    """Store the valid rows of a file; see `open_file` and `Importing`."""
    opened = open_file(content, file_name, plan)
    return Importing(opened, kind, today, store, actor, progress, recording).run()


class _Survey:
    """Where the rows of a sheet stand, in an order drawn anew; those with one key keep theirs, so that the first of
    them is stored.
    """

    def __init__(self, sheet: Sheet, plan: Plan) -> None:
        """Read the sheet once. `doubtful` is whether some amount that is a text has a point before its decimals."""
        self.doubtful = False
        self._rows, self._starts, self._ends = array("Q"), array("Q"), array("Q")
        draws = _Draws()
        key, code, amount = (_place(sheet, column) for column in ("chiave", "codice", "importo"))
        asked = plan.decimals is None
        for line in sheet.lines():
            cells = line.cells or ()
            self._rows.append(line.row)
            self._starts.append(line.start)
            self._ends.append(line.end)
            draws.add(cells[key] if key < len(cells) else "", cells[code] if code < len(cells) else "")
            self.doubtful = self.doubtful or (asked and amount < len(cells) and is_with_point(cells[amount]))
        self._order = draws.order()

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def chunks(self, sheet: Sheet) -> Iterator[Sequence[Line]]:
        """Yield the rows in their drawn order."""
        for first in range(0, self.total, CHUNK):
            places = self._order[first : first + CHUNK]
            yield [sheet.line_at(self._rows[each], self._starts[each], self._ends[each]) for each in places]


class _Draws:
    """A number drawn for each key of a file and for each person: what has the same one stays together."""

    def __init__(self) -> None:
        # A text's own hash is no secret where somebody sets PYTHONHASHSEED; with a salt before it, nobody knows it.
        self._salt = os.urandom(16).hex()
        self._keys, self._persons = array("q"), array("q")

    def add(self, key: str, code: str) -> None:
        """Draw for the next row."""
        self._keys.append(self._draw(key))
        self._persons.append(self._draw(code.upper()))

    def order(self) -> Sequence[int]:
        """Return the rows' places: a person's together, and of one key, whomever they name, as in the file."""
        by_key = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        for before, place in pairwise(by_key):
            if self._keys[before] == self._keys[place]:
                self._persons[place] = self._persons[before]
        return sorted(by_key, key=self._persons.__getitem__)

    def _draw(self, cell: str) -> int:
        if not (written := "".join(cell.split())):
            return int.from_bytes(os.urandom(8), signed=True)
        return hash(self._salt + written)


class _Attempt:
    """What the store would say of rows that come in chunks; rows of one key come one after the other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: AidRecord | None = None

    def look(self, records: Sequence[AidRecord]) -> list[ImportedRow]:
        outcome: list[ImportedRow] = []
        for record, known in zip(records, self._store.known_records(records), strict=True):
            last = self._last
            if last is not None and last.source_key == record.source_key:
                outcome.append(ImportedRow(added=False, conflict=last != record or known.conflict))
                continue
            self._last = record
            outcome.append(known)
        return outcome


def _place(sheet: Sheet, column: str) -> int:
    """Return which cell of a row is the column's; past the last where the file has none."""
    return sheet.header.index(column) if column in sheet.header else len(sheet.header)


def _rejected(line: Line, column: str, code: Code, params: Mapping[str, str]) -> Rejected:
    return Rejected(line.row, column, code, params, line.start, line.end)
