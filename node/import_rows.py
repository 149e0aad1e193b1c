"""One row of a list of aid as a record: every cell read strictly, the first that can't be read named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, Basis, Frequency, Kind, MeansTest, Purpose, Visibility, is_special
from node.domain import forms
from node.domain.amounts import Decimals, read_amount
from node.domain.model import AidRecord, Consent
from node.domain.retention import check_kept
from node.domain.sheet import MAX_CELL, Faulty, Line

T = TypeVar("T")
REQUIRED = ("chiave", "codice", "aiuto", "data", "importo", "stato", "base")
OPTIONAL = (
    *("consenso", "informativa", "lingua", "visibilita", "creditore", "fornitura", "dal", "al"),
    *("mensile", "protocollo", "mezzi"),
)

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


class CellError(Exception):
    """A cell that can't be read, with its column; of a row that can't be read whole the column is empty."""

    def __init__(self, column: str, error: MagliaError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


@dataclass(frozen=True)
class RowReader:
    """What is the same for all rows of a file.

    `fixed` are the values of columns that the file does not have; `doubtful` says that some amount of the file has a
    point before its decimals.
    """

    header: Sequence[str]
    kind: Kind
    today: date
    fixed: Mapping[str, str]
    decimals: Decimals | None = None
    doubtful: bool = False

    def read(self, line: Line) -> AidRecord:
        """Return the row as a record; raise `CellError` for the first cell that can't be read."""
        return _Row(self, self._cells(line)).record()

    def _cells(self, line: Line) -> Mapping[str, str]:
        if line.cells is None or line.fault is not None:
            raise CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        # A missing cell is not an empty one: a cut-off line may have lost "solo noi".
        if len(line.cells) != len(self.header):
            found, wanted = len(line.cells), len(self.header)
            raise CellError("", MagliaError(Code.INPUT_CELLS, found=found, wanted=wanted))
        for column, cell in zip(self.header, line.cells, strict=True):
            if len(cell) > MAX_CELL:
                shown, limit = forms.echo(column), forms.in_italian(MAX_CELL)
                raise CellError(shown, MagliaError(Code.INPUT_TEXT_LONG, field=shown, limit=limit))
        return {**self.fixed, **dict(zip(self.header, line.cells, strict=True))}


class _Row:
    """The cells of one row by column; every read names the column it fails in."""

    def __init__(self, reader: RowReader, cells: Mapping[str, str]) -> None:
        self._reader = reader
        self._cells = cells

    def record(self) -> AidRecord:
        """Return the row as a record; raise `CellError` for the first cell that can't be read."""
        key = self._read("chiave", lambda text: forms.read_text(text, "chiave", required=True))
        identifier = self._read("codice", parse_identifier)
        facet = self._read("aiuto", forms.read_facet)
        today = self._reader.today
        day = self._read("data", lambda text: check_kept(facet, forms.read_italian_day(text, today), today))
        basis = self._read("base", lambda text: _basis(text, self._reader.kind))
        period = self._read("al", lambda _: forms.read_period(self._maybe_day("dal"), self._maybe_day("al"), "al"))
        visibility = self._choice("visibilita", _VISIBILITIES)
        amount = self._read("importo", lambda text: self._amount(text, facet))
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
            self._consent(basis),
            self._read("creditore", lambda text: forms.read_text(text, "creditore")),
            self._read("fornitura", lambda text: parse_need(text) if text.strip() else None),
            *period,
            key,
            frequency=frequency,
            protocol=self._read("protocollo", lambda text: forms.read_text(text, "protocollo")),
            means_test=self._choice("mezzi", _MEANS_TESTS),
        )

    def _consent(self, basis: Basis) -> Consent | None:
        """Return the consent on which the record may be shared: whole (day, notice, language) or none (law rule 8)."""
        cells = [self._cells.get(column, "").strip() for column in ("consenso", "informativa", "lingua")]
        if basis is not Basis.CONSENT or not all(cells):
            return None
        return Consent(
            (Purpose.AID_OVERLAP.value,),
            self._read("informativa", lambda text: forms.read_text(text, "informativa")),
            self._read("lingua", lambda text: forms.read_language(text, "lingua")),
            self._day("consenso", self._reader.today),
        )

    def _amount(self, text: str, facet: str) -> int | None:
        if not text.strip() and not forms.is_in_money(facet):
            return None
        return read_amount(text, self._reader.decimals, doubtful=self._reader.doubtful)

    def _read(self, column: str, read: Callable[[str], T]) -> T:
        cell = self._cells.get(column, "")
        if isinstance(cell, Faulty):
            raise CellError(column, MagliaError(Code.INPUT_FORMULA))
        try:
            return read(cell)
        except MagliaError as error:
            raise CellError(column, error) from None

    def _choice(self, column: str, choices: Mapping[str, T]) -> T:
        return self._read(column, lambda text: forms.read_choice(text, choices, column))

    def _day(self, column: str, latest: date) -> date:
        return self._read(column, lambda text: forms.read_italian_day(text, latest))

    def _maybe_day(self, column: str) -> date | None:
        return self._day(column, forms.LATEST) if self._cells.get(column, "").strip() else None


def _basis(text: str, kind: Kind) -> Basis:
    if not text.strip():
        return forms.default_basis(kind)
    return forms.check_basis(forms.read_choice(text, _BASES, "base"), kind, "base")
