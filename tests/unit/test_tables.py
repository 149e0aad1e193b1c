"""Tables written for people's own programs: no text is a formula, and what was written reads back."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from maglia.core.tables import CsvFolder, Row, XlsxBook, csv_bytes, table_bytes, xlsx_bytes
from node.domain.sheet import Number
from node.sheets.read import open_sheet

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
ROWS: list[Row] = [["a", "b", "c", "d"], ["x", date(2026, 11, 21), Decimal("1234.50"), 7], *[[one] for one in FORMULAS]]


def test_text_that_looks_like_a_formula_is_text_in_both_formats() -> None:
    written = list(csv.reader(io.StringIO(csv_bytes(ROWS).decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row[0] for row in written[2:]] == [f"'{one}" for one in FORMULAS]
    lines = [line.cells or () for line in open_sheet(xlsx_bytes("Tabella", ROWS), "x", ()).lines()]
    assert [line[0].replace("\r\n", "\n").strip() for line in lines[1:]] == [f"'{one}".strip() for one in FORMULAS]
    assert list(lines[0]) == ["x", "21/11/2026", "1234,5", "7"]
    assert isinstance(lines[0][2], Number)
    assert written[1] == ["x", "21/11/2026", "1234,50", "7"]


@pytest.mark.parametrize(("name", "begins"), [("a.xlsx", b"PK"), ("a.csv", b"\xef\xbb\xbf"), ("a", b"\xef\xbb\xbf")])
def test_the_name_of_a_file_says_its_format(name: str, begins: bytes) -> None:
    assert table_bytes(Path(name), "T", ROWS).startswith(begins)


def test_names_of_sheets_and_files_are_made_to_fit(tmp_path: Path) -> None:
    out = io.BytesIO()
    with XlsxBook(out) as book:
        book.begin("a/b [c] " + "x" * 40, ["t"])
        book.add(["1"])
    assert open_sheet(out.getvalue(), "x", ()).header == ("t",)
    with CsvFolder(tmp_path / "out") as folder:
        folder.begin("a/b c", ["t"])
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["a-b-c.csv"]
