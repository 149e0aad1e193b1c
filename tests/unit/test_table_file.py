"""Tables on their way to people's own programs: they read back, nothing in them runs, and nobody else reads them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from node.sheets.read import open_sheet
from tui.papers.writing import free_path
from tui.table import Table, day_cell, euros, instant_cell
from tui.table_file import write_table

CODE = "XQZXQW97D64A794S"
HOSTILE = ("=cmd|' /C calc'!A0", "Onlus [/bad]", "a\x1b[31mrosso\x07", "@SUM(A1)", "riga\nsotto", "a\u202eb")
HARMLESS = ("'=cmd|' /C calc'!A0", "Onlus [/bad]", "a [31mrosso", "'@SUM(A1)", "riga sotto", "a b")
TABLE = Table(
    "Aiuti [registrati]",
    ("Testo", "Giorno", "Euro", "Numero", "Ora"),
    (
        ("Perché no", date(2026, 11, 21), Decimal("1234.50"), 7, datetime(2026, 11, 21, 10, 41)),
        *((one, None, None, None, None) for one in HOSTILE),
    ),
)


def read_back(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    sheet = open_sheet(content, "x", ())
    return [list(sheet.header), *(list(line.cells or ()) for line in sheet.lines())]


@pytest.mark.parametrize("name", ["esiti.csv", "esiti.XLSX", "esiti.xlsx"])
def test_a_table_reads_back_as_it_was_and_nothing_in_it_runs(tmp_path: Path, name: str) -> None:
    path = write_table(tmp_path / name, TABLE)
    head, first, *rest = read_back(path)
    assert [one.casefold() for one in head] == [one.casefold() for one in TABLE.head]  # the reader folds a head
    assert first[:2] == ["Perché no", "21/11/2026"]
    assert first[2].rstrip("0") == "1234,5"
    assert first[3] == "7"
    assert [row[0] for row in rest] == list(HARMLESS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("esiti.txt", Code.INPUT_TABLE_NAME),
        ("esiti", Code.INPUT_TABLE_NAME),
        (f"{CODE}.csv", Code.INPUT_FILE_NAME),
        ("there.csv", Code.INPUT_OUT_EXISTS),
        ("nowhere/esiti.csv", Code.INPUT_FILE_WRITE),
    ],
)
def test_a_name_that_can_not_be_is_refused_and_what_is_there_stays(tmp_path: Path, name: str, code: Code) -> None:
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(MagliaError) as refused:
        write_table(tmp_path / name, TABLE)
    assert refused.value.code is code
    assert [one.read_text() for one in tmp_path.iterdir()] == ["mine"]


def test_a_file_is_written_over_when_that_is_asked_for_and_never_a_folder(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("mine")
    write_table(tmp_path / "there.csv", TABLE, force=True)
    assert read_back(tmp_path / "there.csv")[0] == list(TABLE.head)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(MagliaError) as refused:
        write_table(tmp_path / "folder.csv", TABLE, force=True)
    assert refused.value.code is Code.INPUT_FILE_WRITE


def test_a_free_name_is_taken_from_its_title_and_holds_no_code(tmp_path: Path) -> None:
    assert free_path(tmp_path, "Enti già in rete", ".csv").name == "enti-gia-in-rete.csv"
    (tmp_path / "enti-gia-in-rete.csv").touch()
    assert free_path(tmp_path, "Enti già in rete", ".csv").name == "enti-gia-in-rete-2.csv"
    assert free_path(tmp_path, "../../[]", ".csv") == tmp_path / "maglia.csv"
    with pytest.raises(MagliaError) as refused:
        free_path(tmp_path, f"aiuti {CODE.lower()}", ".csv")
    assert refused.value.code is Code.INPUT_FILE_NAME


def test_cells_are_made_of_what_the_console_knows() -> None:
    assert (euros(4050), euros(None)) == (Decimal("40.5"), None)
    assert (day_cell("2026-11-21"), day_cell("2026-11"), day_cell("")) == (date(2026, 11, 21), "2026-11", None)
    moment = instant_cell(1_795_000_000_500)
    assert moment is not None
    assert moment.timestamp() == 1_795_000_000
    assert instant_cell(0) is None
