"""Rows read a column at a time: what is read once for many rows is read for each as if it stood alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maglia.core.errors import Code
from maglia.core.vocabulary import Kind
from node.domain.amounts import Decimals
from node.domain.model import AidRecord
from node.domain.sheet import Day, Faulty, Line, Number
from node.importing.columns import OPTIONAL, REQUIRED, CellError
from node.importing.rows import RowReader
from tests.clerk import TODAY, fictional_code

HEADER = (*REQUIRED, *OPTIONAL)
GOOD = {"codice": fictional_code(1), "aiuto": "rent_arrears", "data": "15/03/2025", "importo": "10,00"}
AGREED = {"base": "consenso", "consenso": "01/03/2025", "informativa": "2025-1", "lingua": "it"}


def read(*rows: dict[str, str], decimals: Decimals | None = None) -> list[AidRecord | CellError]:
    """Return what all these rows are, read together by one reader."""
    cells: Sequence[Sequence[str]] = [
        [({"chiave": f"k{number}"} | GOOD | row).get(column, "") for column in HEADER]
        for number, row in enumerate(rows, 2)
    ]
    reader = RowReader(HEADER, Kind.COMUNE, TODAY, {}, decimals)
    return reader.read([Line(number, each) for number, each in enumerate(cells, 2)])


def told(read_as: AidRecord | CellError) -> tuple[str, Code] | None:
    return (read_as.column, read_as.error.code) if isinstance(read_as, CellError) else None


def test_the_same_characters_are_read_by_what_the_spreadsheet_knows_of_them() -> None:
    same: list[dict[str, str]] = [
        {"importo": "1,234"},
        {"importo": Number("1,234")},
        {"importo": "1,234"},
        {"importo": Number("1,23")},
    ]
    assert [told(one) for one in read(*same)] == [
        ("importo", Code.INPUT_DECIMALS),
        ("importo", Code.INPUT_AMOUNT),
        ("importo", Code.INPUT_DECIMALS),
        None,
    ]
    moment = "15/03/2025 10:00:00"
    assert [told(one) for one in read({"data": moment}, {"data": Day(moment)})] == [("data", Code.INPUT_DATE), None]
    words: list[dict[str, str]] = [{"creditore": "#VALORE!"}, {"creditore": Faulty()}, {"creditore": "#VALORE!"}]
    assert [told(one) for one in read(*words)] == [None, ("creditore", Code.INPUT_FORMULA), None]


@pytest.mark.parametrize("column", ["consenso", "informativa", "lingua"])
@pytest.mark.parametrize("wrong", ["x" * 300, Faulty()], ids=["long", "faulty"])
def test_what_is_wrong_with_a_consent_costs_only_the_rows_that_rest_on_it(column: str, wrong: str) -> None:
    public, half, whole = AGREED | {"base": ""}, AGREED | {"lingua": "", "informativa": ""}, AGREED
    rested = [told(one) for one in read(*(row | {column: wrong} for row in (public, half, whole)))]
    assert rested[0] is None
    assert rested[1] is None
    assert rested[2] is not None
    assert rested[2][0] == column


def test_of_a_row_with_faults_the_same_one_is_told_whatever_came_before() -> None:
    faults = {"codice": "?", "importo": "x", "mezzi": "x"}
    rows = read({"importo": "x"}, faults, {}, faults)
    assert [told(one) for one in rows] == [
        ("importo", Code.INPUT_AMOUNT),
        ("codice", Code.INPUT_IDENTIFIER_LENGTH),
        None,
        ("codice", Code.INPUT_IDENTIFIER_LENGTH),
    ]


@pytest.mark.parametrize(("decimals", "code"), [(None, Code.INPUT_AMOUNT), (Decimals.POINT, Code.INPUT_AMOUNT_POINT)])
def test_money_without_an_amount_is_told_as_the_file_writes_amounts(decimals: Decimals | None, code: Code) -> None:
    food, money = read({"aiuto": "food_parcel", "importo": " "}, {"importo": " "}, decimals=decimals)
    assert told(food) is None
    assert told(money) == ("importo", code)


def test_more_different_cells_than_are_remembered_are_all_read() -> None:
    many = read(*({"protocollo": f"PG {number % 5_000}"} for number in range(10_000)))
    assert [one.protocol for one in many if isinstance(one, AidRecord)] == [f"PG {n % 5_000}" for n in range(10_000)]


def test_no_rows_are_no_records() -> None:
    assert read() == []
