"""The columns of a list of aid: every cell read strictly, and those that are alike read once.

A file says the same in many rows. So its rows are read a column at a time, and a cell that is met again says what it
said before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier, parse_need
from maglia.core.vocabulary import AidStatus, Basis, Frequency, Kind, MeansTest, Visibility
from node.domain import forms
from node.domain.amounts import Decimals, read_amount
from node.domain.sheet import Faulty

_Read = Callable[[str], Any]
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

_KEPT = 4_096
"""Cells of a column whose reading is kept: the days, words and amounts of a long file are few."""


class CellError(Exception):
    """A cell that can't be read, with its column; of a row that can't be read whole the column is empty."""

    def __init__(self, column: str, error: MagliaError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


class Column:
    """What the cells of one column say, each that is met again as before; a `CellError` where it can't be read."""

    def __init__(self, name: str, read: _Read) -> None:
        self._name = name
        self._read = read
        # By type too: a spreadsheet's number is read otherwise than a text with the same characters.
        self._known: dict[type[str], _Known] = defaultdict(lambda: _Known(self._try))

    def said(self, cells: Sequence[str]) -> list[Any]:
        """Return what each of these cells says."""
        known = self._known
        return [known[type(cell)][cell] for cell in cells]

    def _try(self, cell: str) -> Any:
        if isinstance(cell, Faulty):
            return CellError(self._name, MagliaError(Code.INPUT_FORMULA))
        try:
            return self._read(cell)
        except MagliaError as error:
            return CellError(self._name, error)


class _Known(dict[str, Any]):
    """What was read, so far."""

    def __init__(self, read: _Read) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        if len(self) == _KEPT:
            self.clear()
        read = self._read(cell)
        if not isinstance(read, CellError):
            self[cell] = read
        return read


def columns_of(kind: Kind, today: date, decimals: Decimals | None, *, doubtful: bool) -> dict[str, Column]:
    """Return the columns by name, in the order in which the faults of a row are looked for.

    `doubtful` says that some amount of the file has a point before its decimals.
    """
    read: Mapping[str, _Read] = {
        "chiave": lambda cell: forms.read_text(cell, "chiave", required=True),
        "codice": parse_identifier,
        "aiuto": forms.read_facet,
        "base": lambda cell: _basis(cell, kind),
        "dal": _unless_blank(lambda cell: forms.read_italian_day(cell, forms.LATEST)),
        "al": _unless_blank(lambda cell: forms.read_italian_day(cell, forms.LATEST)),
        "visibilita": lambda cell: forms.read_choice(cell, _VISIBILITIES, "visibilita"),
        "stato": lambda cell: forms.read_choice(cell, _STATES, "stato"),
        "informativa": lambda cell: forms.read_text(cell, "informativa"),
        "lingua": _unless_blank(lambda cell: forms.read_language(cell, "lingua")),
        "consenso": _unless_blank(lambda cell: forms.read_italian_day(cell, today)),
        "creditore": lambda cell: forms.read_text(cell, "creditore"),
        "fornitura": _unless_blank(parse_need),
        "mensile": lambda cell: forms.read_choice(cell, _FREQUENCIES, "mensile"),
        "protocollo": lambda cell: forms.read_text(cell, "protocollo"),
        "mezzi": lambda cell: forms.read_choice(cell, _MEANS_TESTS, "mezzi"),
        "data": lambda cell: forms.read_italian_day(cell, today),
        "importo": _unless_blank(lambda cell: read_amount(cell, decimals, doubtful=doubtful)),
    }
    return {name: Column(name, each) for name, each in read.items()}


def _basis(cell: str, kind: Kind) -> Basis:
    if not cell.strip():
        return forms.default_basis(kind)
    return forms.check_basis(forms.read_choice(cell, _BASES, "base"), kind, "base")


def _unless_blank(read: _Read) -> _Read:
    return lambda cell: read(cell) if cell.strip() else None
