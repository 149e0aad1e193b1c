"""Tables as people send them: CSV, XLSX and ODS read alike, and what can't be read is refused in one sentence."""

from __future__ import annotations

import io
import re
import resource
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest

from maglia.core.errors import Code, MagliaError
from node.domain.forms import read_italian_amount, read_italian_day
from node.domain.sheet import Day, Faulty, Line, Number, Sheet
from node.sheets.bounds import cpu_s, wait_s
from node.sheets.read import open_sheet, read_sheet
from node.sheets.reader import MAX_CHARACTERS
from tests.support.sheet_files import Cell, changed, locked_ods, ods, packed, xlsx

TODAY = date(2026, 11, 22)
HEAD = ["Codice", "Importo"]
SHEET = "xl/worksheets/sheet1.xml"


def rows_of(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [(line.row, list(line.cells or ())) for line in sheet.lines()]


def refusal(content: bytes, sheet_name: str = "") -> tuple[Code, dict[str, str]]:
    with pytest.raises(MagliaError) as refused:
        open_sheet(content, "elenco.xlsx", (), sheet_name)
    said = refused.value.sentence("it")
    assert said.message.endswith((".", "»."))
    assert said.next_action.endswith(".")
    return refused.value.code, refused.value.params


@pytest.mark.parametrize("made", [xlsx, ods])
def test_a_spreadsheet_reads_like_a_csv_file_with_its_rows_numbered(made: Callable[[list[list[Cell]]], bytes]) -> None:
    sheet = open_sheet(made([["Codice", "Visibilità "], ["a", "b"], ["", ""], ["c à €", "d"]]), "x", ())
    assert (sheet.header, sheet.titles) == (("codice", "visibilita"), ("Codice", "Visibilità "))
    assert rows_of(sheet) == [(2, ["a", "b"]), (4, ["c à €", "d"])]


@pytest.mark.parametrize("made", [xlsx, ods])
def test_numbers_and_days_of_a_spreadsheet_need_no_guess(made: Callable[[list[list[Cell]]], bytes]) -> None:
    line: list[Cell] = [1234.5, 12345678901, 0.1 + 0.2, date(2026, 11, 21), datetime(2026, 11, 21, 10, 41), "1234.50"]
    sheet = open_sheet(made([["a", "b", "c", "d", "e", "f"], line]), "x", ())
    [(_, cells)] = rows_of(sheet)
    assert cells == ["1234,5", "12345678901", "0,3", "21/11/2026", "21/11/2026 10:41:00", "1234.50"]
    assert [type(cell) for cell in cells] == [Number, Number, Number, Day, Day, str]
    assert isinstance(cells[0], Number)
    assert cells[0].value == Decimal("1234.5")
    assert isinstance(cells[4], Day)
    assert cells[4].day == date(2026, 11, 21)
    assert read_italian_amount(cells[0]) == 1234_50
    assert [read_italian_day(cell, TODAY) for cell in cells[3:5]] == [date(2026, 11, 21)] * 2
    with pytest.raises(MagliaError):
        read_italian_amount(cells[5])


def test_a_formula_is_its_value_and_is_never_run() -> None:
    sheet = open_sheet(xlsx([HEAD, ['=WEBSERVICE("http://127.0.0.1:1/")|x', "=1+1|7"]]), "x", ())
    assert rows_of(sheet) == [(2, ["x", "7"])]


def test_a_formula_with_an_error_or_without_a_result_is_no_empty_cell() -> None:
    rows: list[list[Cell]] = [[None, *HEAD], [None, "a", "=1/0|#DIV/0!"], [None, "b", "=1+1|2"], [None, "=A1|x", "5"]]
    whole = xlsx([[], *rows])
    left_out = changed(whole, SHEET, ' t="str"><f>1+1</f><v>2</v>', "><f>1+1</f>")
    empty = changed(whole, SHEET, "<f>A1</f><v>x</v>", "<f>A1</f><v></v>")
    errors = [list(line.cells or ()) for line in open_sheet(left_out, "x", ()).lines()]
    assert errors == [["a", Faulty()], ["b", Faulty()], ["x", "5"]]
    assert [type(line[1]) for line in errors] == [Faulty, Faulty, str]
    # An empty text is a result, as of =IF(A1="";"";A1).
    assert rows_of(open_sheet(empty, "x", ()))[2] == (5, ["", "5"])
    assert not isinstance(rows_of(open_sheet(empty, "x", ()))[2][1][0], Faulty)


def test_rows_with_merged_cells_are_told_and_the_others_are_read() -> None:
    sheet = open_sheet(xlsx([HEAD, ["a", "1"], ["b", "2"], ["", "3"], ["d", "4"]], merged=[(2, 0, 3, 0)]), "x", ())
    assert [(line.row, line.fault) for line in sheet.lines()] == [
        (2, None),
        (3, Code.INPUT_MERGED),
        (4, Code.INPUT_MERGED),
        (5, None),
    ]


def test_of_several_sheets_one_is_asked_for_and_hidden_and_empty_ones_are_not() -> None:
    others: dict[str, Sequence[Sequence[Cell]]] = {
        "Vuoto": [],
        "Nascosto": [["x", "y"]],
        "Altro": [["p", "q"], ["r", "s"]],
    }
    book = xlsx([HEAD, ["a", "b"]], others=others, hidden=["Nascosto"])
    asked = Code.INPUT_SHEET, {"file": "elenco.xlsx", "sheets": "«Dati», «Altro»"}
    assert refusal(book) == asked
    assert refusal(book, "Nascosto") == asked
    assert rows_of(open_sheet(book, "x", (), "Altro")) == [(2, ["r", "s"])]
    alone = xlsx([HEAD, ["a", "b"]], others={"Nascosto": [["x", "y"]], "Vuoto": []}, hidden=["Nascosto"])
    assert rows_of(open_sheet(alone, "x", ())) == [(2, ["a", "b"])]


def test_a_sheet_that_begins_further_down_and_right_has_its_own_row_numbers() -> None:
    sheet = open_sheet(xlsx([[], [None, "Codice", "Importo"], [], [None, "a", 1]]), "x", ())
    assert sheet.header == ("codice", "importo")
    assert rows_of(sheet) == [(4, ["a", "1"])]


def test_an_empty_workbook_is_refused_as_such() -> None:
    with pytest.raises(MagliaError) as refused:
        read_sheet(xlsx([]), "x.xlsx", ("codice",), ())
    assert refused.value.code is Code.INPUT_FILE_EMPTY


def test_files_under_a_password_are_refused_as_such() -> None:
    office = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    assert refusal(office)[0] is Code.INPUT_LOCKED
    assert refusal(locked_ods())[0] is Code.INPUT_LOCKED
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))[0] is Code.INPUT_FILE_KIND


def test_damaged_files_are_refused() -> None:
    whole = xlsx([HEAD, ["a", "b"]])
    for content in (
        whole[: len(whole) // 2],
        b"PK\x03\x04",
        packed({"a.txt": "no table"}),
        changed(whole, SHEET, "</sheetData>", "</sheetDat>"),
    ):
        assert refusal(content)[0] is Code.INPUT_FILE_CONTENT


@pytest.mark.parametrize(
    "content",
    [
        changed(xlsx([HEAD, ["a", "b"]]), SHEET, 'r="B2"', 'r="XFD1048576"'),
        changed(
            ods([HEAD, ["a", "b"]]),
            "content.xml",
            "<table:table-row>",
            '<table:table-row table:number-rows-repeated="2000000000">',
        ),
        changed(
            ods([HEAD, ["a", "b"]]),
            "content.xml",
            "<table:table-cell ",
            '<table:table-cell table:number-columns-repeated="2000000000" ',
        ),
    ],
    ids=["far cell", "repeated rows", "repeated columns"],
)
def test_a_small_file_that_claims_a_huge_table_ends_no_other_process(content: bytes) -> None:
    assert refusal(content)[0] is Code.INPUT_TOO_LARGE


def test_a_sheet_cut_anywhere_is_refused_and_keeps_nobody_busy() -> None:
    """The library reads on for ever in a cell without an end: what is no whole document never comes to it."""
    book = ods([HEAD, ["a", "b"]])
    with ZipFile(io.BytesIO(book)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    cells, before = files["content.xml"], resource.getrusage(resource.RUSAGE_CHILDREN)
    within = [match.end() for match in re.finditer(b"<text:p>|<table:table-cell [^>]*>|</table:table-row>", cells)]
    for cut in within:
        assert refusal(packed(files | {"content.xml": cells[:cut]}))[0] is Code.INPUT_FILE_CONTENT
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < cpu_s(0), "a reader ran to its bound"


def test_a_small_file_gets_little_time_and_no_file_much() -> None:
    assert cpu_s(100_000) < cpu_s(1 << 20) < cpu_s(1 << 30) <= 120
    assert wait_s(100_000) < 60


def test_what_unpacks_to_more_than_the_bound_is_refused() -> None:
    claimed = bytearray(packed({SHEET: "x"}))
    entry = claimed.index(b"PK\x01\x02")  # of the central directory; the unpacked size is 24 bytes further
    claimed[entry + 24 : entry + 28] = (0x7FFFFFFF).to_bytes(4, "little")
    assert refusal(bytes(claimed))[0] is Code.INPUT_TOO_LARGE


def test_a_huge_cell_arrives_cut_just_past_what_may_be_kept() -> None:
    long = changed(ods([HEAD, ["a", "LONG"]]), "content.xml", "LONG", "x" * 10_000_000)
    [(_, cells)] = rows_of(open_sheet(long, "x", ()))
    assert len(cells[1]) == MAX_CHARACTERS


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(xlsx([HEAD, ["a", 1.5], ["", ""], ["b", "c"]]), id="xlsx"),
        pytest.param(b'Codice;Importo\r\na;1\r\n\r\n"x\n\ny";2\rb;"c\n', id="csv"),
    ],
)
def test_any_row_can_be_read_again_by_its_place(content: bytes) -> None:
    sheet = open_sheet(content, "x", ())
    lines = list(sheet.lines())
    assert len(lines) > 1

    def again(line: Line) -> Line:
        return sheet.line_at(line.row, line.start, line.end)

    assert [again(line) for line in reversed(lines)] == lines[::-1]
    assert [[type(cell) for cell in again(line).cells or ()] for line in lines] == [
        [type(cell) for cell in line.cells or ()] for line in lines
    ]


def test_a_csv_file_whose_columns_have_names_of_their_own_is_a_table_too() -> None:
    sheet = open_sheet(b"Numero pratica;Importo erogato, euro\n1;2,50\n", "x", ("chiave",))
    assert (sheet.header, rows_of(sheet)) == (("numero pratica", "importo erogato, euro"), [(2, ["1", "2,50"])])
