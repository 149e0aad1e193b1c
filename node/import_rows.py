"""One row of a list of aid as a record: every cell read strictly, the first that can't be read named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import Identifier, parse_identifier, parse_need
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
from node.domain.sheet import MAX_CELL, Faulty, Line

T = TypeVar("T")
REQUIRED = ("chiave", "codice", "aiuto", "data", "importo", "stato", "base")
OPTIONAL = (
    *("consenso", "informativa", "lingua", "visibilita", "creditore", "fornitura", "dal", "al"),
    *("mensile", "protocollo", "mezzi"),
)

_OF_TERMS = tuple(column for column in (*REQUIRED, *OPTIONAL) if column not in {"chiave", "codice", "data", "importo"})
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

_MAX_REMEMBERED = 20_000
"""Cells whose reading is kept: the days, words and amounts of a long file are few, and each takes long to read."""


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
    remembered: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

    def read(self, line: Line) -> AidRecord:
        """Return the row as a record; raise `CellError` for a cell that can't be read, one of them."""
        return _Row(self, self._cells(line)).record()

    def _cells(self, line: Line) -> Mapping[str, str]:
        if line.cells is None or line.fault is not None:
            raise CellError("", MagliaError(line.fault or Code.INPUT_QUOTES))
        # A missing cell is not an empty one: a cut-off line may have lost "solo noi".
        if len(line.cells) != len(self.header):
            found, wanted = len(line.cells), len(self.header)
            raise CellError("", MagliaError(Code.INPUT_CELLS, found=found, wanted=wanted))
        cells = dict(zip(self.header, line.cells, strict=True))
        if max(map(len, line.cells), default=0) > MAX_CELL:
            shown = forms.echo(next(column for column, cell in cells.items() if len(cell) > MAX_CELL))
            limit = forms.in_italian(MAX_CELL)
            raise CellError(shown, MagliaError(Code.INPUT_TEXT_LONG, field=shown, limit=limit))
        return {**self.fixed, **cells} if self.fixed else cells


class _Terms(NamedTuple):
    """What a row says beside whom, when and how much: in most files the same in many rows."""

    facet: str
    status: AidStatus
    basis: Basis
    visibility: Visibility
    consent: Consent | None
    creditor: str
    need: Identifier | None
    begin: date | None
    end: date | None
    frequency: Frequency
    protocol: str
    means_test: MeansTest


class _Row:
    """The cells of one row by column; every read names the column it fails in."""

    def __init__(self, reader: RowReader, cells: Mapping[str, str]) -> None:
        self._reader = reader
        self._cells = cells

    def record(self) -> AidRecord:
        """Return the row as a record; raise `CellError` for a cell that can't be read."""
        key = self._read("chiave", _key)
        identifier = self._recall("codice", parse_identifier)
        terms = self._terms()
        day = self._day("data", self._reader.today)
        amount = self._amount(terms.facet)
        self._check("data", lambda: check_kept(terms.facet, day, self._reader.today))
        if terms.status is AidStatus.RESERVED:
            self._check("stato", lambda: check_open(terms.facet, day, self._reader.today))
        if terms.frequency is Frequency.MONTHLY:
            self._check("mensile", lambda: forms.check_monthly(terms.frequency, amount, terms.begin, "importo", "dal"))
        return AidRecord(
            identifier,
            terms.facet,
            day,
            amount,
            terms.status,
            terms.basis,
            terms.visibility,
            terms.consent,
            terms.creditor,
            terms.need,
            terms.begin,
            terms.end,
            key,
            frequency=terms.frequency,
            protocol=terms.protocol,
            means_test=terms.means_test,
        )

    def _terms(self) -> _Terms:
        cells = tuple(map(self._cells.get, _OF_TERMS))
        # By type too: a spreadsheet's number is read otherwise than a text with the same characters.
        return self._remember((cells, tuple(map(type, cells))), self._read_terms)

    def _read_terms(self) -> _Terms:
        facet = self._recall("aiuto", forms.read_facet)
        basis = self._recall("base", self._basis)
        begin, end = self._maybe_day("dal"), self._maybe_day("al")
        self._check("al", lambda: forms.read_period(begin, end))
        visibility = self._choice("visibilita", _VISIBILITIES)
        return _Terms(
            facet,
            self._choice("stato", _STATES),
            basis,
            Visibility.ONLY_US if is_special(facet) else visibility,
            self._consent(basis),
            self._text("creditore"),
            self._recall("fornitura", _need),
            begin,
            end,
            self._choice("mensile", _FREQUENCIES),
            self._text("protocollo"),
            self._choice("mezzi", _MEANS_TESTS),
        )

    def _consent(self, basis: Basis) -> Consent | None:
        """Return the consent on which the record may be shared: whole (day, notice, language) or none (law rule 8)."""
        cells = [self._cells.get(column, "").strip() for column in ("consenso", "informativa", "lingua")]
        if basis is not Basis.CONSENT or not all(cells):
            return None
        return Consent(
            (Purpose.AID_OVERLAP.value,),
            self._text("informativa"),
            self._recall("lingua", _language),
            self._day("consenso", self._reader.today),
        )

    def _amount(self, facet: str) -> int | None:
        if not self._cells.get("importo", "").strip() and not is_in_money(facet):
            return None
        reader = self._reader
        return self._recall("importo", lambda text: read_amount(text, reader.decimals, doubtful=reader.doubtful))

    def _read(self, column: str, read: Callable[[str], T]) -> T:
        cell = self._cells.get(column, "")
        if isinstance(cell, Faulty):
            raise CellError(column, MagliaError(Code.INPUT_FORMULA))
        try:
            return read(cell)
        except MagliaError as error:
            raise CellError(column, error) from None

    def _recall(self, column: str, read: Callable[[str], T]) -> T:
        """As `_read`, for a cell that says the same in every row of the file: each is read once."""
        cell = self._cells.get(column, "")
        return self._remember((column, type(cell), cell), lambda: self._read(column, read))

    def _remember(self, place: object, read: Callable[[], T]) -> T:
        remembered = self._reader.remembered
        if place in remembered:
            known: T = remembered[place]
            return known
        value = read()
        if len(remembered) < _MAX_REMEMBERED:
            remembered[place] = value
        return value

    def _check(self, column: str, check: Callable[[], object]) -> None:
        """Check a cell beside others of its row."""
        try:
            check()
        except MagliaError as error:
            raise CellError(column, error) from None

    def _text(self, column: str) -> str:
        return self._recall(column, lambda text: forms.read_text(text, column))

    def _choice(self, column: str, choices: Mapping[str, T]) -> T:
        return self._recall(column, lambda text: forms.read_choice(text, choices, column))

    def _day(self, column: str, latest: date) -> date:
        return self._recall(column, lambda text: forms.read_italian_day(text, latest))

    def _maybe_day(self, column: str) -> date | None:
        return self._day(column, forms.LATEST) if self._cells.get(column, "").strip() else None

    def _basis(self, text: str) -> Basis:
        kind = self._reader.kind
        if not text.strip():
            return forms.default_basis(kind)
        return forms.check_basis(forms.read_choice(text, _BASES, "base"), kind, "base")


def _key(text: str) -> str:
    return forms.read_text(text, "chiave", required=True)


def _need(text: str) -> Identifier | None:
    return parse_need(text) if text.strip() else None


def _language(text: str) -> str:
    return forms.read_language(text, "lingua")
