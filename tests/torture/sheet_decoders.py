"""Importers of tables that people's programs write: CSV read here, spreadsheets by a process with bounds of its own.

A workbook is a zip archive of XML: it is spoiled as it comes, where the archive mostly no longer opens, and within.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from maglia.core.rejected import rejected_rows
from maglia.core.tables import csv_bytes
from maglia.core.vocabulary import Kind, Role
from maglia.sql.engine import open_sqlite
from node.batches.applicants import read_applicants
from node.batches.preview import preview_applicants
from node.domain.model import Operator
from node.importing.aid import Importing, open_file
from node.importing.civil_registry import import_registry
from node.importing.columns import OPTIONAL, REQUIRED
from node.sheets.read import open_sheet
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, TODAY, StoppedClock, fictional_code
from tests.support.sheet_files import Cell, ods, packed, xlsx
from tests.torture.decoders import Decoder, in_turn

_UGO = Operator("ugo", "Ugo Fittizi", Role.MANAGER)
_AID = (
    f"a-1;{fictional_code(1)};rent_arrears;15/03/2025;1.234,50;dato;consenso;01/03/2025;2025-1;it;rete;Enel;;;;no;;",
    f"a-2;{fictional_code(2)};food_parcel;2025-03-16;;riservato;;;;;solo noi;;;;;mensile;PG/1;isee",
)
_APPLICANT = f"{fictional_code(1)};N 1;POD:IT001E12345678;Enel S.p.A.;01/2026-03/2026;87,5"
_PLACE = f"{fictional_code(1)};7;Xqz;Xqw;01/02/1980;;"
_ROWS: list[list[Cell]] = [["codice", "nucleo", "punteggio"], [fictional_code(1), "N 1", 87.5], ["x", "=1/0|", None]]


def decoders(folder: Path) -> tuple[Decoder, ...]:
    """Return them; a store is made in `folder`."""
    engine = open_sqlite(folder / "import.db")
    migrate(engine)
    store = SqlStore(engine, FIELD_KEY, StoppedClock())
    applicants = _table("Codice;Nucleo;Fornitura;Creditore;Periodo;Punteggio", _APPLICANT, _APPLICANT)
    places = _table("codice;famiglia;cognome;nome;nascita;ruolo;dal", _PLACE)
    book, sheet = xlsx(_ROWS, merged=[(0, 0, 0, 1)]), ods(_ROWS)
    return (
        Decoder("list of aid", _encoded(_table(";".join((*REQUIRED, *OPTIONAL)), *_AID)), _aid(store), share=300),
        Decoder("list of applicants", _encoded(applicants), _applicants, share=500),
        Decoder("civil registry", _encoded(places), _registry(store), share=300),
        Decoder("XLSX", [book], _sheet, share=20),
        Decoder("ODS", [sheet], _sheet, share=20),
        _inside("XLSX", book, "xl/worksheets/sheet1.xml"),
        _inside("XLSX", book, "xl/sharedStrings.xml"),
        _inside("XLSX", book, "xl/workbook.xml"),
        _inside("ODS", sheet, "content.xml"),
    )


def _table(*lines: str) -> str:
    return "\r\n".join(lines)


def _encoded(text: str) -> list[bytes]:
    return [text.encode(codec) for codec in ("utf-8", "utf-8-sig", "cp1252")]


def _aid(store: SqlStore) -> Callable[[bytes], None]:
    """Return what reads a list of aid to the end, as an attempt, and writes its rejected rows as they are told."""

    def read(content: bytes) -> None:
        opened = open_file(content, "elenco.csv")
        for _ in Importing(opened, Kind.COMUNE, TODAY, store, "anna").preview():
            pass
        report = Importing(opened, Kind.COMUNE, TODAY, store, "anna").attempt()
        csv_bytes(rejected_rows(report.sheet.titles, report.rejected_lines()))

    return read


def _applicants(content: bytes) -> None:
    in_turn(
        lambda file: read_applicants(file, "domande.csv"),
        lambda file: preview_applicants(file, "domande.csv", "", {}),
    )(content)


def _registry(store: SqlStore) -> Callable[[bytes], object]:
    named = "anagrafe.csv", Kind.COMUNE, TODAY, store, _UGO
    return lambda content: import_registry(content, *named, dry_run=True)


def _sheet(content: bytes) -> None:
    for line in (sheet := open_sheet(content, "x", ("codice",))).lines():
        assert sheet.line_at(line.row, line.start, line.end) == line


def _inside(kind: str, workbook: bytes, name: str) -> Decoder:
    """Return what reads a workbook in which one file is spoiled."""
    with ZipFile(io.BytesIO(workbook)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    return Decoder(f"{kind}, {name}", [files[name]], partial(_read_with, files, name), share=12)


def _read_with(files: dict[str, bytes], name: str, content: bytes) -> None:
    _sheet(packed(files | {name: content}))
