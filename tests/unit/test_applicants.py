"""The file of a call for applicants: what each cell may say, and what rejects its own row and no other."""

from __future__ import annotations

from datetime import date

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import EndState, Kind, Silence
from node.batches import applicants
from node.batches.applicants import read_applicants, read_period
from node.domain.batch import Applicant, Body, Replies, Reply, RowVerdict, count_rows, row_state, verdict_of
from tests.clerk import fictional_code, person
from tests.peer_world import refused
from tests.support.sheet_files import xlsx

HEADER = "Codice;Nucleo;Fornitura;Creditore;Periodo;Punteggio"
ONE, TWO = fictional_code(1), fictional_code(2)


def read(*rows: str, header: str = HEADER) -> tuple[list[Applicant], list[tuple[int, str, Code]]]:
    found = read_applicants("\n".join([header, *rows]).encode(), "domande.csv")
    return list(found.applicants), [(one.row, one.column, one.code) for one in found.rejected]


def test_a_whole_row_is_read() -> None:
    [one], rejected = read(f" {ONE.lower()} ;N 1;POD:IT001E12345678;Enel S.p.A.;01/2026-03/2026;87,5")
    assert rejected == []
    assert (one.row, one.identifier, one.household, one.creditor) == (2, person(1), "N 1", "Enel S.p.A.")
    assert one.need is not None
    assert one.need.text == "POD:IT001E12345678"
    assert (one.period, one.points) == ((date(2026, 1, 1), date(2026, 3, 31)), 8750)
    assert len(one.protocol) == 8


def test_of_several_sheets_one_is_chosen() -> None:
    book = xlsx([["codice", "nucleo"], [ONE, "N1"]], others={"Seconda": [["codice", "nucleo"], [TWO, "N2"]]})
    with refused(Code.INPUT_SHEET):
        read_applicants(book, "domande.xlsx")
    assert [one.identifier for one in read_applicants(book, "domande.xlsx", "Seconda").applicants] == [person(2)]


def test_columns_that_are_not_there_and_empty_cells_say_nothing() -> None:
    [one], _ = read(f"{ONE};", header="codice;nucleo")
    assert (one.household, one.need, one.creditor, one.period, one.points) == ("", None, "", (None, None), None)


def test_a_file_with_too_many_rows_is_refused_with_how_many_it_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applicants, "MAX_ROWS", 1_000)
    rows = "\n".join(["codice;nucleo", *(["X;1"] * 1_001)])
    with pytest.raises(MagliaError) as error:
        read_applicants(rows.encode(), "enorme.csv")
    assert (error.value.code, error.value.params["limit"]) == (Code.INPUT_TOO_MANY_ROWS, "1.000")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"{TWO[:-1]};N;;;;", "codice", Code.INPUT_IDENTIFIER_LENGTH),
        (f"{TWO[:-1]}{'A' if TWO[-1] != 'A' else 'B'};N;;;;", "codice", Code.INPUT_IDENTIFIER_CHECK),
        ("NOME:7;N;;;;", "codice", Code.INPUT_COMPOSITE_NAME),
        (f"{ONE};N;;;;", "codice", Code.INPUT_APPLICANT_TWICE),
        (f"{TWO};N;POD:1;;;", "fornitura", Code.INPUT_SUPPLY),
        (f"{TWO};N;;;31/02/2026;", "periodo", Code.INPUT_DATE),
        (f"{TWO};N;;;13/2026;", "periodo", Code.INPUT_DATE),
        (f"{TWO};N;;;03/2026-01/2026;", "periodo", Code.INPUT_DATE_ORDER),
        (f"{TWO};N;;;;87.5", "punteggio", Code.INPUT_FIELD),
        (f"{TWO};N;;;;-1", "punteggio", Code.INPUT_FIELD),
        (f"{TWO};{'x' * 5000};;;;", "nucleo", Code.INPUT_FIELD),
        (f"{TWO};N\x1b[2J;;;;", "nucleo", Code.INPUT_TEXT_CONTROL),
        (f"{TWO};N;", "", Code.INPUT_CELLS),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_own_row(row: str, column: str, code: Code) -> None:
    applicants, rejected = read(f"{ONE};N;;;;", row)
    assert [one.row for one in applicants] == [2]
    assert rejected == [(3, column, code)]


def test_a_file_that_cannot_be_used_at_all_is_refused() -> None:
    with refused(Code.INPUT_COLUMN):
        read(f"{ONE};x", header="codice;creditore")
    with refused(Code.INPUT_APPLICANTS_NONE):
        read("X;1;;;;")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("02/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("11/2025 - 01/2026", date(2025, 11, 1), date(2026, 1, 31)),
        ("05/03/2026-20/03/2026", date(2026, 3, 5), date(2026, 3, 20)),
        ("05/03/2026", date(2026, 3, 5), date(2026, 3, 5)),
    ],
)
def test_a_period_is_of_months_or_days(text: str, first: date, last: date) -> None:
    assert read_period(text) == (first, last)


def test_a_spreadsheets_date_is_no_period_its_text_is() -> None:
    header = ["codice", "nucleo", "periodo"]
    found = read_applicants(xlsx([header, [ONE, "N", date(2026, 3, 1)], [TWO, "N", "03/2026"]]), "domande.xlsx")
    assert [one.period for one in found.applicants] == [(date(2026, 3, 1), date(2026, 3, 31))]
    [bad] = found.rejected
    assert (bad.row, bad.column, bad.code) == (2, "periodo", Code.INPUT_PERIOD_CELL)
    assert bad.params == {"value": "01/03/2026"}


BODIES = [Body("a", "A", Kind.COMUNE).member, Body("b", "B", Kind.ONLUS).member]


def said(member: str, *rows: int, end: EndState = EndState.ANSWERED, silence: Silence | None = None) -> Reply:
    return Reply(f"{member}{rows}{end}".encode(), member, rows, end, silence)


@pytest.mark.parametrize(
    "last",
    [
        (),
        (said("b", 2, end=EndState.SILENT, silence=Silence.UNREACHABLE),),
        (said("b", 2, silence=Silence.COVERAGE_PARTIAL),),
        (Reply(b"q", "b", (2,), EndState.REFUSED, code="budget.procedure"),),
    ],
    ids=["not asked", "silent", "partial", "refused"],
)
def test_a_row_never_reads_nothing_while_one_body_did_not_answer_in_full(last: tuple[Reply, ...]) -> None:
    replies = Replies([said("a", 2), *last])
    state = row_state(2, BODIES, replies, b"")
    assert (verdict_of(state), state.answered, state.asked) == (RowVerdict.PARTIAL, 1, 2)
    assert count_rows([2], BODIES, replies) == {"match": 0, "partial": 1, "none": 0}
    assert (replies.unasked("b", [2]) == []) == bool(last)
    assert replies.unanswered("b", [2]) == [2]


def test_nobody_asked_is_no_answer() -> None:
    assert verdict_of(row_state(2, [], Replies(), b"")) is RowVerdict.PARTIAL
    assert count_rows([2], [], Replies())["partial"] == 1


def test_a_silence_takes_back_no_answer_and_an_answer_every_silence() -> None:
    silent = said("b", 2, 3, end=EndState.SILENT, silence=Silence.DEADLINE)
    replies = Replies([said("a", 2, 3), silent, said("b", 2), silent])
    assert verdict_of(row_state(2, BODIES, replies, b"")) is RowVerdict.NONE
    assert verdict_of(row_state(3, BODIES, replies, b"")) is RowVerdict.PARTIAL
