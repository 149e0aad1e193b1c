"""Spreadsheets as people's programs write them, made for tests."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

Cell = str | float | bool | date | None
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(
    rows: Sequence[Sequence[Cell]],
    *,
    others: Mapping[str, Sequence[Sequence[Cell]]] | None = None,
    hidden: Sequence[str] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """A workbook with a sheet `Dati` of `rows` and further ones; `merged` are first and last row and column, from 0."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        instant = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, cells in {"Dati": rows, **(others or {})}.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(row, column, cell, instant)
                    elif isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("="):
                        formula, _, value = cell.partition("|")
                        sheet.write_formula(row, column, formula, None, value)
                    elif isinstance(cell, str):
                        sheet.write_string(row, column, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if name == "Dati":
                for first, left, last, right in merged:
                    sheet.merge_range(first, left, last, right, rows[first][left])
    return out.getvalue()


def ods(rows: Sequence[Sequence[Cell]], *, manifest: str = "") -> bytes:
    """A workbook of OpenDocument with one sheet."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}">'
        f'<office:body><office:spreadsheet><table:table table:name="Dati">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed({"mimetype": _KIND, "content.xml": content, "META-INF/manifest.xml": manifest or _manifest("")})


def locked_ods() -> bytes:
    """A workbook of OpenDocument under a password: its content is noise, and its manifest says so."""
    return ods([["a", "b"]], manifest=_manifest('<manifest:encryption-data manifest:checksum="x"/>'))


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def changed(workbook: bytes, name: str, before: str, after: str) -> bytes:
    """The workbook with a text in one of its files replaced; it must be there."""
    with ZipFile(io.BytesIO(workbook)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    assert before.encode() in files[name], (name, files[name][:2000])
    return packed(files | {name: files[name].replace(before.encode(), after.encode(), 1)})


def _manifest(entry: str) -> str:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return (
        f'<manifest:manifest xmlns:manifest="{space}"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{_KIND}"/><manifest:file-entry manifest:full-path="content.xml" '
        f'manifest:media-type="text/xml">{entry}</manifest:file-entry></manifest:manifest>'
    )


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, datetime | date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, str):
        text = escape(cell)
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
