"""Rows of a list of aid as records: of a row that is none, the first cell that can't be read is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier
from maglia.core.vocabulary import (
    AidStatus,
    Basis,
    Frequency,
    Kind,
    MeansTest,
    Purpose,
    Visibility,
    is_in_money,
    is_special,
)
from node.domain import forms
from node.domain.amounts import Decimals, read_amount
from node.domain.model import AidRecord, Consent
from node.domain.reservations import check_open
from node.domain.retention import check_kept
from node.domain.sheet import MAX_CELL, Line
from node.importing.columns import CellError, columns_of


class RowReader:
    """Reads the rows of one file, some of them at a time."""

    def __init__(
        self,
        header: Sequence[str],
        kind: Kind,
        today: date,
        fixed: Mapping[str, str],
        decimals: Decimals | None = None,
        *,
        doubtful: bool = False,
    ) -> None:
        """`fixed` are the values of columns that the file does not have; `doubtful` says that some amount of the file
        has a point before its decimals.
        """
        self._header = header
        self._today = today
        self._fixed = fixed
        self._decimals = decimals
        self._columns = columns_of(kind, today, decimals, doubtful=doubtful)

    def read(self, lines: Sequence[Line]) -> list[AidRecord | CellError]:
        """Return each row as a record, or one of its cells that can't be read."""
        faults = [self._fault(line) for line in lines]
        records = self._records([line.cells or () for line, fault in zip(lines, faults, strict=True) if fault is None])
        return [fault or next(records) for fault in faults]

    def _fault(self, line: Line) -> CellError | None:
        """Return why a row can't be read whole."""
        cells = line.cells
        if cells is None or line.fault is not None:
            return CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        # A missing cell is not an empty one: a cut-off line may have lost "solo noi".
        if len(cells) != len(self._header):
            return CellError("", MagliaError(Code.INPUT_CELLS, found=len(cells), wanted=len(self._header)))
        if max(map(len, cells), default=0) > MAX_CELL:
            column = next(name for name, cell in zip(self._header, cells, strict=True) if len(cell) > MAX_CELL)
            shown = forms.echo(column)
            return CellError(shown, MagliaError(Code.INPUT_TEXT_LONG, field=shown, limit=forms.in_italian(MAX_CELL)))
        return None

    def _records(self, rows: Sequence[Sequence[str]]) -> Iterator[AidRecord | CellError]:
        written = dict(zip(self._header, zip(*rows, strict=True), strict=False))  # of no rows there are no columns
        columns = []
        for name, column in self._columns.items():
            cells = written[name] if name in written else [self._fixed.get(name, "")] * len(rows)
            columns.append(column.said(cells))
        return map(self._record, map(_Said._make, zip(*columns, strict=True)))

    def _record(self, said: _Said) -> AidRecord | CellError:
        """Return the row as a record, or a cell that can't be read, by itself or beside others."""
        if CellError in map(type, said) and (fault := _first_fault(said)):
            return fault
        try:
            self._check_beside(said)
        except CellError as bad:
            return bad
        return AidRecord(
            said.identifier,
            said.facet,
            said.day,
            said.amount,
            said.status,
            said.basis,
            Visibility.ONLY_US if is_special(said.facet) else said.visibility,
            None if said.consent is None else _consent(*said.consent),
            said.creditor,
            said.need,
            said.begin,
            said.end,
            said.key,
            frequency=said.frequency,
            protocol=said.protocol,
            means_test=said.means_test,
        )

    def _check_beside(self, said: _Said) -> None:
        """Check the cells beside one another; raise `CellError`."""
        _check("al", forms.read_period, said.begin, said.end)
        if said.amount is None and is_in_money(said.facet):
            _check("importo", read_amount, "", self._decimals)
        _check("data", check_kept, said.facet, said.day, self._today)
        if said.status is AidStatus.RESERVED:
            _check("stato", check_open, said.facet, said.day, self._today)
        if said.frequency is Frequency.MONTHLY:
            _check("mensile", forms.check_monthly, said.frequency, said.amount, said.begin, "importo", "dal")


class _Said(NamedTuple):
    """What the cells of one row say, in the order of `columns_of`, each as its type or a `CellError`."""

    key: str
    identifier: Identifier
    facet: str
    basis: Basis
    begin: date | None
    end: date | None
    visibility: Visibility
    status: AidStatus
    notice: str
    language: str | None
    agreed: date | None
    creditor: str
    need: Identifier | None
    frequency: Frequency
    protocol: str
    means_test: MeansTest
    day: date
    amount: int | None

    @property
    def consent(self) -> tuple[str, str, date] | None:
        """The consent on which the record may be shared: whole (notice, language, day) or none (law rule 8)."""
        if self.basis is Basis.CONSENT and self.notice and self.language and self.agreed:
            return self.notice, self.language, self.agreed
        return None


def _first_fault(said: _Said) -> CellError | None:
    """Return the first fault; what is wrong with a consent counts only in a row that rests on one."""
    of_consent = () if said.consent else ("informativa", "lingua", "consenso")
    faults: Iterator[object] = iter(said)
    return next((each for each in faults if isinstance(each, CellError) and each.column not in of_consent), None)


@lru_cache(maxsize=1024)
def _consent(notice: str, language: str, agreed: date) -> Consent:
    return Consent((Purpose.AID_OVERLAP.value,), notice, language, agreed)


def _check(column: str, rule: Callable[..., object], *values: object) -> None:
    """Check a cell beside others of its row."""
    try:
        rule(*values)
    except MagliaError as error:
        raise CellError(column, error) from None
