"""Files of other programs: columns of other names, amounts with a point, and what a trial says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import Kind
from node.domain.amounts import Decimals, read_amount
from node.domain.import_plan import Plan, decode_plan, encode_plan, suggest_columns
from node.domain.spoken import cents_in_words, day_in_words, number_in_words
from node.importing.aid import Importing, ImportReport, open_file
from node.importing.preview import previewed
from node.importing.templates import plan_of, save_template
from node.store.sql import SqlStore
from tests.clerk import TODAY, fictional_code, open_store
from tests.support.sheet_files import Cell, xlsx

TITLES = ["N. pratica", "Codice fiscale", "Data erogazione", "Importo erogato", "Note"]
COLUMNS = {"chiave": "N. pratica", "codice": "codice  FISCALE", "data": "Data erogazione", "importo": "Importo erogato"}
FIXED = {"aiuto": "rent_arrears", "stato": "dato", "base": "consenso"}
PLAN = Plan(COLUMNS, FIXED)


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store(tmp_path / "node.db")


def csv_of(*amounts: str, day: str = "15/03/2025", first: int = 0) -> bytes:
    rows = (f"p{n};{fictional_code(n)};{day};{amount};x" for n, amount in enumerate(amounts, first))
    return "\n".join([";".join(TITLES), *rows]).encode()


def load(store: SqlStore, content: bytes, plan: Plan = PLAN) -> ImportReport:
    return Importing(open_file(content, "aiuti.csv", plan), Kind.ODV, TODAY, store, "anna").run()


def told(report: ImportReport) -> list[tuple[int, str, Code]]:
    return [(one.row, one.column, one.code) for one in report.rejected]


def refusal(content: bytes, plan: Plan) -> MagliaError:
    with pytest.raises(MagliaError) as refused:
        open_file(content, "aiuti.csv", plan)
    return refused.value


def test_a_file_with_columns_of_its_own_is_read_by_a_plan(store: SqlStore) -> None:
    report = load(store, csv_of("12,50", "1.234,50"))
    assert (report.added, told(report)) == (2, [])
    assert load(store, csv_of("12,50", "1.234,50")).unchanged == 2


def test_a_spreadsheets_numbers_and_days_need_no_format(store: SqlStore) -> None:
    rows: list[list[Cell]] = [list(TITLES)]
    rows += [
        ["p1", fictional_code(1), date(2025, 3, 15), 1234.5, ""],
        ["p2", fictional_code(2), "15/03/2025", "12,50", ""],
    ]
    report = load(store, xlsx(rows))
    assert (report.added, told(report)) == (2, [])
    assert load(store, csv_of("1234,50", "12,50", first=1)).unchanged == 2


def test_a_formula_with_an_error_rejects_its_row_where_its_column_is_used(store: SqlStore) -> None:
    rows: list[list[Cell]] = [list(TITLES)]
    rows += [
        ["p1", fictional_code(1), "15/03/2025", "=1/0|#DIV/0!", ""],
        ["p2", fictional_code(2), "15/03/2025", 1, "=1/0|#N/A"],
    ]
    report = load(store, xlsx(rows))
    assert (report.added, told(report)) == (1, [(2, "importo", Code.INPUT_FORMULA)])


def test_columns_much_like_ours_are_named_and_not_used() -> None:
    refused = refusal(csv_of("1,00"), Plan(fixed=FIXED))
    assert refused.code is Code.INPUT_COLUMN_LIKE
    said = refused.sentence("it")
    for option in ('--map "Codice fiscale=codice"', '--map "Importo erogato=importo"', '--map "Data erogazione=data"'):
        assert option in said.next_action
    assert "chiave" in said.message


def test_where_two_titles_are_alike_none_is_named() -> None:
    assert suggest_columns(["Importo erogato", "Importo erogato 2"], ["importo"]) == {}
    assert suggest_columns(["Note", "Ufficio"], ["importo"]) == {}
    assert suggest_columns(["Cod. Fiscale"], ["codice"]) == {"codice": "Cod. Fiscale"}


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (Plan({"importo": "Importo chiesto"}), Code.INPUT_COLUMN),
        (Plan({"somma": "Importo erogato"}), Code.INPUT_MAP),
        (Plan({"importo": "Importo erogato"}, {"importo": "1"}), Code.INPUT_MAP),
        (Plan({"importo": "x" * 20_000}), Code.INPUT_TOO_LARGE),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(plan: Plan, code: Code) -> None:
    assert refusal(csv_of("1,00"), plan).code is code


def test_a_column_that_is_mapped_away_is_not_read_under_its_own_name(store: SqlStore) -> None:
    content = csv_of("1,00").replace(b"Note", b"Importo").replace(b";x", b";999,00")
    assert load(store, content).added == 1
    assert load(store, csv_of("1,00")).unchanged == 1


def test_mixed_decimals_are_asked_about_and_never_guessed(store: SqlStore) -> None:
    amounts = "1234.50", "1.234,50", "1.234", "12", "7,00"
    asked = load(store, csv_of(*amounts))
    assert told(asked) == [(2, "importo", Code.INPUT_DECIMALS), (4, "importo", Code.INPUT_DECIMALS)]
    assert asked.added == 3
    error = MagliaError(asked.rejected[0].code)
    assert "--decimali punto" in error.sentence("it").next_action


@pytest.mark.parametrize(
    ("text", "decimals", "cents"),
    [
        ("1.234", None, 1234_00),
        ("1234,5", None, 1234_50),
        ("1234.50", Decimals.POINT, 1234_50),
        ("1,234.5", Decimals.POINT, 1234_50),
        ("1,234", Decimals.POINT, 1234_00),
        ("1.234", Decimals.COMMA, 1234_00),
        ("1.234", Decimals.POINT, Code.INPUT_AMOUNT_POINT),
        ("1.234,50", Decimals.POINT, Code.INPUT_AMOUNT_POINT),
        ("1234.50", Decimals.COMMA, Code.INPUT_AMOUNT),
        ("1234.50", None, Code.INPUT_DECIMALS),
        ("1,234", None, Code.INPUT_DECIMALS),
        ("-0.50", Decimals.POINT, Code.INPUT_AMOUNT_NEGATIVE),
        ("9999999.00", Decimals.POINT, Code.INPUT_AMOUNT_LIMIT),
    ],
)
def test_an_amount_is_read_with_the_decimals_that_somebody_named(
    text: str, decimals: Decimals | None, cents: int | Code
) -> None:
    try:
        assert read_amount(text, decimals) == cents
    except MagliaError as refused:
        assert refused.code is cents  # noqa: PT017 - one table for what is read and what is refused


def test_a_trial_says_what_would_become_of_each_row_and_stores_nothing(store: SqlStore) -> None:
    load(store, csv_of("1,00", "2,00"))
    content = csv_of("1,00", "3,00", "4,00", "x") + csv_of("4,00", "5,00", first=2).partition(b"\n")[2].join(
        (b"\n", b"")
    )
    attempt = Importing(open_file(content, "a.csv", PLAN), Kind.ODV, TODAY, store, "anna").attempt()
    assert store.record_count() == 2
    done = load(store, content)
    assert (attempt.added, attempt.unchanged, told(attempt)) == (done.added, done.unchanged, told(done))
    assert (done.added, done.unchanged) == (2, 2)


def test_the_first_rows_are_said_in_words(store: SqlStore) -> None:
    opened = open_file(csv_of("1.234,50", "x"), "a.csv", PLAN)
    importing = Importing(opened, Kind.ODV, TODAY, store, "anna")
    good, bad = previewed(importing.preview(), "it")
    words = dict(good.cells)
    assert words["data"] == "15 marzo 2025"
    assert words["importo"].replace("\xa0", " ") == "1.234,50 € (milleduecentotrentaquattro euro e 50)"
    assert (bad.row, bad.code, bad.column) == (3, "input.amount", "importo")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (21, "ventuno"),
        (28, "ventotto"),
        (33, "trentatré"),
        (100, "cento"),
        (999, "novecentonovantanove"),
        (1_000, "mille"),
        (2_001, "duemilauno"),
        (1_000_000, "unmilione"),
    ],
)
def test_numbers_are_spelt_as_on_a_cheque(number: int, words: str) -> None:
    assert number_in_words(number) == words


def test_english_has_its_own_figures() -> None:
    assert (cents_in_words(1234_50, "en"), day_in_words(date(2026, 11, 21), "en")) == ("€1,234.50", "November 21, 2026")


def test_a_plan_is_kept_under_a_name_and_gives_way_to_what_is_asked(store: SqlStore) -> None:
    save_template(store, "comune-affitti", Plan(COLUMNS, FIXED, Decimals.POINT, "Dati"), "anna")
    save_template(store, "altro", Plan({"importo": "Euro"}), "ugo")
    assert [(one.name, one.saved_by) for one in store.templates()] == [("altro", "ugo"), ("comune-affitti", "anna")]
    read = plan_of(store, Plan({"importo": "Euro"}, decimals=Decimals.COMMA), "comune-affitti")
    assert read == Plan({**COLUMNS, "importo": "Euro"}, FIXED, Decimals.COMMA, "Dati")
    with pytest.raises(MagliaError) as unknown:
        plan_of(store, Plan(), "affitti")
    assert (unknown.value.code, unknown.value.params["allowed"]) == (Code.INPUT_TEMPLATE, "altro, comune-affitti")
    with pytest.raises(MagliaError):
        save_template(store, "Un nome; con altro", Plan(), "anna")


def test_a_template_is_text_that_reads_back_and_other_text_is_refused() -> None:
    assert decode_plan(encode_plan(PLAN)) == PLAN
    others: list[str | Mapping[str, str]] = ["{}", "[]", "x", '{"schema": "other/1"}']
    for text in others:
        with pytest.raises(MagliaError):
            decode_plan(str(text))
