"""A file of applicants before it is on file: which title is which column, what its rows say, what is rejected."""

from __future__ import annotations

import pytest

from maglia.core.errors import Code
from node.batches.applicants import read_applicants
from node.batches.preview import FileReading, preview_applicants
from tests.clerk import fictional_code, person
from tests.peer_world import refused

ONE, TWO = fictional_code(1), fictional_code(2)
OWN = f"Cod. Fiscale;Nucleo familiare;POD;Ufficio;Punti\n{ONE};N1;POD:IT001E12345678;Nord;87,5\n{TWO[:-1]};N2;;Sud;"


def preview(content: str, **columns: str) -> FileReading:
    return preview_applicants(content.encode(), "domande.csv", "", columns)


def test_titles_much_alike_are_proposed_and_the_rows_shown_under_them() -> None:
    read = preview(OWN)
    assert read.titles == ("Cod. Fiscale", "Nucleo familiare", "POD", "Ufficio", "Punti")
    assert read.columns == {
        "codice": "Cod. Fiscale",
        "nucleo": "Nucleo familiare",
        "fornitura": "POD",
        "punteggio": "Punti",
    }
    assert (read.rows, read.rejected, read.error) == (2, 1, None)
    good, bad = read.first
    assert (good.row, good.cells["codice"], good.cells["fornitura"]) == (2, ONE, "POD:IT001E12345678")
    assert good.cells["punteggio"] == "87,50"
    assert bad.error is not None
    assert (bad.row, bad.column, bad.error.code) == (3, "codice", Code.INPUT_IDENTIFIER_LENGTH)
    assert bad.cells == {"codice": TWO[:-1]}


def test_what_is_chosen_is_read_and_nothing_is_guessed_beside_it() -> None:
    read = preview(OWN, codice="Cod. Fiscale", nucleo="Ufficio")
    assert read.columns == {"codice": "Cod. Fiscale", "nucleo": "Ufficio"}
    assert read.first[0].cells == {"codice": ONE, "nucleo": "Nord"}


def test_a_file_without_a_column_says_which_and_what_there_is_to_choose() -> None:
    read = preview(f"Chi;Casa\n{ONE};N1")
    assert read.error is not None
    assert (read.error.code, read.titles, read.rows) == (Code.INPUT_COLUMN, ("Chi", "Casa"), 0)
    read = preview(f"Chi;Casa\n{ONE};N1", codice="Chi", nucleo="Casa")
    assert (read.error, read.rows) == (None, 1)


def test_a_file_whose_rows_are_all_rejected_shows_why() -> None:
    read = preview("codice;nucleo\nXQZ;1\n;2")
    assert (read.rows, read.rejected) == (2, 2)
    codes = [one.error.code for one in read.first if one.error]
    assert codes == [Code.INPUT_IDENTIFIER_LENGTH, Code.INPUT_MISSING], "an empty cell is no code of 0 characters"


def test_the_file_is_then_read_under_the_same_columns() -> None:
    columns = preview(OWN).columns
    found = read_applicants(OWN.encode(), "domande.csv", "", columns)
    assert [one.identifier for one in found.applicants] == [person(1)]
    with refused(Code.INPUT_COLUMN_LIKE):
        read_applicants(OWN.encode(), "domande.csv")


@pytest.mark.parametrize("columns", [{"nome": "Ufficio"}, {"codice": " "}], ids=["unknown", "empty"])
def test_a_column_that_is_none_is_refused(columns: dict[str, str]) -> None:
    with refused(Code.INPUT_MAP):
        preview(OWN, **columns)
