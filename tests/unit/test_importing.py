"""Files as bodies have them: what is kept, what is refused, and in which words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_need
from maglia.core.rejected import rejected_rows
from maglia.core.tables import csv_bytes
from maglia.core.vocabulary import AidStatus, Basis, Frequency, Kind, MeansTest, Purpose, Visibility
from maglia.sql.engine import open_sqlite
from node.domain.model import AidRecord, ImportedRow
from node.importing.aid import ImportReport, import_file
from node.importing.columns import OPTIONAL, REQUIRED
from node.store.migrations import migrate
from node.store.sql import SqlStore
from tests.clerk import FIELD_KEY, TODAY, StoppedClock, fictional_code

HEADER = (*REQUIRED, *OPTIONAL)
GOOD = {
    "codice": fictional_code(1),
    "aiuto": "rent_arrears",
    "data": "15/03/2025",
    "importo": "1.234,50",
    "stato": "dato",
    "base": "consenso",
    "consenso": "01/03/2025",
    "informativa": "2025-1",
    "lingua": "it",
    "creditore": "Immobiliare Àrgine",
}


class Watched(SqlStore):
    """The real store, which also shows the records it was given, by their keys: their order is a draw."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, FIELD_KEY, StoppedClock())
        self.given: list[AidRecord] = []

    def import_records(self, records: Sequence[AidRecord], actor: str) -> list[ImportedRow]:
        self.given = sorted([*self.given, *records], key=lambda one: one.source_key)
        return super().import_records(records, actor)


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    engine = open_sqlite(tmp_path / "node.db")
    migrate(engine)
    return Watched(engine)


def sheet(*rows: dict[str, str], delimiter: str = ";", header: tuple[str, ...] = HEADER) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    for number, row in enumerate(rows, 1):
        cells = {"chiave": f"k{number}"} | row
        writer.writerow([cells.get(column.lower(), "") for column in header])
    return out.getvalue()


def load(store: SqlStore, content: str | bytes, kind: Kind = Kind.ODV) -> ImportReport:
    raw = content.encode() if isinstance(content, str) else content
    return import_file(raw, "aiuti.csv", kind, TODAY, store, "anna")


def rejects_csv(report: ImportReport) -> bytes:
    return csv_bytes(rejected_rows(report.sheet.titles, report.rejected_lines()))


def refusal(store: SqlStore, row: dict[str, str], kind: Kind = Kind.ODV) -> tuple[str, Code, str]:
    report = load(store, sheet(GOOD | row), kind)
    assert (report.added, len(report.rejected)) == (0, 1)
    [bad] = report.rejected
    assert bad.row == 2
    assert fictional_code(1) not in str(bad.params)
    return bad.column, bad.code, bad.params.get("value", "")


def test_a_row_becomes_the_record_it_says(store: Watched) -> None:
    dated = {"fornitura": "POD:IT001E12345678", "dal": "01/01/2025", "al": "28/02/2025"}
    report = load(store, sheet(GOOD | dated))
    assert (report.added, report.unchanged, list(report.rejected)) == (1, 0, [])
    [one] = store.given
    assert (one.identifier.value, one.facet, one.day) == (fictional_code(1), "rent_arrears", date(2025, 3, 15))
    assert (one.amount_cents, one.status, one.basis) == (1234_50, AidStatus.GIVEN, Basis.CONSENT)
    assert (one.creditor, one.need) == ("Immobiliare Àrgine", parse_need("POD:IT001E12345678"))
    assert (one.period_from, one.period_to, one.source_key) == (date(2025, 1, 1), date(2025, 2, 28), "k1")
    assert one.consent is not None
    assert (one.consent.purposes, one.consent.day) == ((Purpose.AID_OVERLAP,), date(2025, 3, 1))
    assert (one.consent.notice_version, one.consent.language) == ("2025-1", "it")


def test_a_row_says_how_often_under_which_number_and_by_which_means_test(store: Watched) -> None:
    monthly = {"mensile": "Sì", "dal": "01/01/2025", "protocollo": "PG 2025/12", "mezzi": "ISEE"}
    assert load(store, sheet(GOOD | monthly, GOOD)).added == 2
    told = [(one.frequency, one.protocol, one.means_test) for one in store.given]
    assert told == [(Frequency.MONTHLY, "PG 2025/12", MeansTest.ISEE), (Frequency.ONE_OFF, "", MeansTest.NONE)]
    assert load(store, sheet(GOOD | monthly, GOOD)).unchanged == 2
    [conflict] = load(store, sheet(GOOD, GOOD)).rejected
    assert conflict.code is Code.INPUT_DUPLICATE_KEY


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"mensile": "ogni tanto"}, "mensile"),
        ({"mensile": "sì"}, "dal"),
        ({"mensile": "sì", "dal": "01/01/2025", "aiuto": "food_parcel", "importo": ""}, "importo"),
        ({"mezzi": "reddito"}, "mezzi"),
    ],
)
def test_a_row_that_says_half_of_it_is_refused(store: Watched, cells: dict[str, str], field: str) -> None:
    [bad] = load(store, sheet(GOOD | cells)).rejected
    wanted = Code.INPUT_FIELD if cells.get(field) else Code.INPUT_MISSING
    assert (bad.code, bad.params) == (wanted, {"field": field})


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_and_separators_are_found_out(store: Watched, delimiter: str, encoding: str) -> None:
    assert load(store, sheet(GOOD, delimiter=delimiter).encode(encoding)).added == 1
    assert store.given[0].creditor == "Immobiliare Àrgine"


def test_header_names_may_vary_in_case_accent_and_order_and_have_strangers(store: Watched) -> None:
    header = ("Note", *(name.upper() for name in reversed(HEADER) if name != "visibilita"), " Visibilità ")
    text = sheet(GOOD, header=header).replace(GOOD["creditore"], "x")
    rows = text.splitlines()
    rows[1] = rows[1].removesuffix(";") + ";solo noi"
    assert load(store, "\r\n".join(rows)).added == 1
    assert store.given[0].visibility is Visibility.ONLY_US


def test_defaults_of_state_basis_and_visibility(store: Watched) -> None:
    plain = GOOD | {"stato": "", "base": "", "visibilita": ""}
    load(store, sheet(plain))
    load(store, sheet({"chiave": "k2"} | plain), Kind.COMUNE)
    by_body = [(one.status, one.basis, one.visibility, one.consent is None) for one in store.given]
    assert by_body == [
        (AidStatus.GIVEN, Basis.CONSENT, Visibility.NETWORK, False),
        (AidStatus.GIVEN, Basis.PUBLIC_TASK, Visibility.NETWORK, True),
    ]


def test_a_record_without_the_whole_consent_is_kept_without_it(store: Watched) -> None:
    rows = [GOOD | {column: ""} for column in ("consenso", "informativa", "lingua")]
    assert load(store, sheet(*rows)).added == 3
    assert [one.consent for one in store.given] == [None] * 3


def test_special_categories_are_kept_for_this_body_alone(store: Watched) -> None:
    assert load(store, sheet(GOOD | {"aiuto": "health_therapy", "visibilita": "rete"})).added == 1
    assert store.given[0].visibility is Visibility.ONLY_US


@pytest.mark.parametrize(
    ("row", "column", "code", "value"),
    [
        ({"chiave": " "}, "chiave", Code.INPUT_MISSING, ""),
        ({"codice": "XQZ"}, "codice", Code.INPUT_IDENTIFIER_LENGTH, ""),
        ({"codice": "NOME:7"}, "codice", Code.INPUT_COMPOSITE_NAME, ""),
        ({"codice": "Xqzar Wqzidi"}, "codice", Code.INPUT_COMPOSITE_NAME, ""),
        ({"codice": "DOC:XX1234567"}, "codice", Code.INPUT_DOCUMENT, ""),
        ({"codice": fictional_code(1)[:-1] + "0"}, "codice", Code.INPUT_IDENTIFIER_FORM, ""),
        ({"codice": fictional_code(2)[:-1] + fictional_code(1)[-1]}, "codice", Code.INPUT_IDENTIFIER_CHECK, ""),
        ({"aiuto": "bollette"}, "aiuto", Code.INPUT_FACET, "bollette"),
        ({"aiuto": fictional_code(1)}, "aiuto", Code.INPUT_FACET, "…"),
        ({"aiuto": "health_"}, "aiuto", Code.INPUT_FACET, "health_"),
        ({"data": "31/02/2025"}, "data", Code.INPUT_DATE, "31/02/2025"),
        ({"data": "5/3/2025"}, "data", Code.INPUT_DATE, "5/3/2025"),
        ({"data": "2025-03-05"}, "data", Code.INPUT_DATE, "2025-03-05"),
        ({"data": "02/06/2025"}, "data", Code.INPUT_DATE_FUTURE, "02/06/2025"),
        ({"data": "31/12/1989"}, "data", Code.INPUT_DATE_EARLY, "31/12/1989"),
        ({"data": "31/05/2022"}, "data", Code.INPUT_DATE_OVER, "31/05/2022"),
        ({"data": ""}, "data", Code.INPUT_DATE, ""),
        ({"importo": "1234.50"}, "importo", Code.INPUT_DECIMALS, "1234.50"),
        ({"importo": "1,234.50"}, "importo", Code.INPUT_DECIMALS, "1,234.50"),
        ({"importo": "12,345"}, "importo", Code.INPUT_DECIMALS, "12,345"),
        ({"importo": "1e3"}, "importo", Code.INPUT_AMOUNT, "1e3"),
        ({"importo": "NaN"}, "importo", Code.INPUT_AMOUNT, "NaN"),
        ({"importo": "٣"}, "importo", Code.INPUT_AMOUNT, "٣"),
        ({"importo": "€ 5"}, "importo", Code.INPUT_AMOUNT, "€ 5"),
        ({"importo": ""}, "importo", Code.INPUT_AMOUNT, ""),
        ({"importo": "-5,00"}, "importo", Code.INPUT_AMOUNT_NEGATIVE, "-5,00"),
        ({"importo": "0"}, "importo", Code.INPUT_AMOUNT_NEGATIVE, "0"),
        ({"importo": "1.000.000,01"}, "importo", Code.INPUT_AMOUNT_LIMIT, ""),
        ({"stato": "forse"}, "stato", Code.INPUT_FIELD, ""),
        ({"base": "compito pubblico"}, "base", Code.INPUT_FIELD, ""),
        ({"visibilita": "tutti"}, "visibilita", Code.INPUT_FIELD, ""),
        ({"consenso": "02/06/2025"}, "consenso", Code.INPUT_DATE_FUTURE, "02/06/2025"),
        ({"lingua": "italiano"}, "lingua", Code.INPUT_FIELD, ""),
        ({"fornitura": "IT001E12345678"}, "fornitura", Code.INPUT_SUPPLY, ""),
        ({"dal": "01/02/2025", "al": "31/01/2025"}, "al", Code.INPUT_DATE_ORDER, ""),
        ({"dal": "32/02/2025"}, "dal", Code.INPUT_DATE, "32/02/2025"),
        ({"creditore": "x" * 4097}, "creditore", Code.INPUT_TEXT_LONG, ""),
        ({"protocollo": "x" * 201}, "protocollo", Code.INPUT_TEXT_LONG, ""),
        ({"creditore": "a\x1b[31m"}, "creditore", Code.INPUT_TEXT_CONTROL, ""),
        ({"creditore": "a\u202eb"}, "creditore", Code.INPUT_TEXT_CONTROL, ""),
    ],
)
def test_a_bad_cell_rejects_its_row_with_column_and_code(
    store: Watched, row: dict[str, str], column: str, code: Code, value: str
) -> None:
    assert refusal(store, row) == (column, code, value)


@pytest.mark.parametrize("amount", ["5", "5,5", "1234,50", "1.234", "1.000.000,00"])
def test_italian_amounts_are_read(store: Watched, amount: str) -> None:
    assert load(store, sheet(GOOD | {"importo": amount})).added == 1
    assert store.given[0].amount_cents == round(float(amount.replace(".", "").replace(",", ".")) * 100)


def test_goods_in_kind_may_have_no_amount(store: Watched) -> None:
    assert load(store, sheet(GOOD | {"aiuto": "food_parcel", "importo": ""})).added == 1
    assert store.given[0].amount_cents is None


def test_valid_rows_are_kept_and_rows_are_numbered_as_in_a_spreadsheet(store: Watched) -> None:
    lines = sheet(GOOD | {"creditore": "due\nrighe"}, GOOD, GOOD | {"data": "x"}, GOOD).splitlines(keepends=True)
    lines.insert(3, ";;\r\n\r\n")
    report = load(store, "".join(lines))
    assert report.added == 3
    assert [(one.row, one.column) for one in report.rejected] == [(6, "data")]
    assert store.given[0].creditor == "due righe"


def test_rows_with_wrong_quotes_or_too_few_cells_are_rejected_alone(store: Watched) -> None:
    good = sheet(GOOD, GOOD, GOOD).splitlines()
    good[1] = good[1].rpartition(";")[0]
    good[2] = '"k"2' + good[2].removeprefix("k2")
    report = load(store, "\r\n".join(good))
    assert report.added == 1
    assert [(one.row, one.code, one.params) for one in report.rejected] == [
        (2, Code.INPUT_CELLS, {"found": str(len(HEADER) - 1), "wanted": str(len(HEADER))}),
        (3, Code.INPUT_QUOTES, {}),
    ]


def scraps(report: ImportReport) -> list[dict[str, str]]:
    text = rejects_csv(report).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("others", [3, 200])
def test_a_quote_never_closed_costs_its_own_line_and_no_other(store: Watched, others: int) -> None:
    text = sheet(GOOD | {"creditore": "Aler"}, *[GOOD] * others).replace(";Aler;", ';"Aler;')
    report = load(store, text)
    assert report.added == others
    assert [(one.row, one.code) for one in report.rejected] == [(2, Code.INPUT_QUOTES)]
    [told] = scraps(report)
    assert (told["riga"], told["riga originale"]) == ("2", text.splitlines()[1])


def test_two_stray_quotes_do_not_make_one_row_of_three(store: Watched) -> None:
    strays = sheet(GOOD | {"creditore": "Aler"}, GOOD, GOOD | {"creditore": "Aler"}).replace(";Aler;", ';"Aler;', 1)
    report = load(store, strays.replace(";Aler;", ';Aler";'))
    assert [one.row for one in report.rejected] == [2]
    assert [one.source_key for one in store.given] == ["k2", "k3"]
    assert store.given[1].creditor == 'Aler"'


def test_a_cell_of_many_lines_is_one_cell(store: Watched) -> None:
    header = ("note", *HEADER, "altro")
    row = GOOD | {"note": "prima; riga\nseconda\r\n\nquarta", "altro": "a;b\nc"}
    report = load(store, sheet(row, GOOD, header=header))
    assert (report.added, list(report.rejected)) == (2, [])


def test_a_huge_cell_rejects_its_own_row(store: Watched) -> None:
    report = load(store, sheet(GOOD | {"creditore": "x" * 10_000_000}, GOOD))
    assert report.added == 1
    [long] = report.rejected
    assert (long.row, long.params) == (2, {"field": "creditore", "limit": "4.096"})
    assert len(rejects_csv(report)) < 2000


def test_the_same_file_again_adds_nothing_and_a_changed_row_is_a_conflict(store: Watched) -> None:
    rows = [GOOD | {"codice": fictional_code(number)} for number in range(5)]
    assert load(store, sheet(*rows)).added == 5
    again = load(store, sheet(*rows, delimiter=","))
    assert (again.added, again.unchanged, list(again.rejected)) == (0, 5, [])
    rows[2] = rows[2] | {"importo": "1,00"}
    changed = load(store, sheet(*rows))
    assert (changed.added, changed.unchanged) == (0, 4)
    assert [(one.row, one.column, one.code, one.params) for one in changed.rejected] == [
        (4, "chiave", Code.INPUT_DUPLICATE_KEY, {"value": "k3"})
    ]
    assert store.record_count() == 5


def test_a_key_that_holds_a_code_is_not_echoed(store: Watched) -> None:
    key = {"chiave": f"2025/{fictional_code(1).lower()}"}
    load(store, sheet(GOOD | key))
    [bad] = load(store, sheet(GOOD | key | {"importo": "1,00"})).rejected
    assert bad.params == {"value": "…"}


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Code.INPUT_ENCODING, {"file": "aiuti.csv", "row": "1"}),
        (b"chiave;codice\nx\x81", Code.INPUT_ENCODING, {"file": "aiuti.csv", "row": "2"}),
        ("chiave;codice".encode("utf-16"), Code.INPUT_ENCODING, {"file": "aiuti.csv", "row": "1"}),
        (b"a;b\n" + 40 * b"\0\x01\x02", Code.INPUT_ENCODING, {"file": "aiuti.csv", "row": "1"}),
        (b"chiave|codice|aiuto\n1|2|3", Code.INPUT_DELIMITER, {"file": "aiuti.csv"}),
        (b"una lettera, non una tabella", Code.INPUT_DELIMITER, {"file": "aiuti.csv"}),
        (b"", Code.INPUT_FILE_EMPTY, {"file": "aiuti.csv"}),
        (b" \r\n\r\n", Code.INPUT_FILE_EMPTY, {"file": "aiuti.csv"}),
        (b"chiave;codice;aiuto;data;stato;base", Code.INPUT_COLUMN, {"file": "aiuti.csv", "field": "importo"}),
        (b"chiave;codice;aiuto;data;importo;importo;stato;base", Code.INPUT_FIELD, {"field": "importo"}),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    store: Watched, content: bytes, code: Code, params: dict[str, str]
) -> None:
    with pytest.raises(MagliaError) as refused:
        load(store, content)
    assert (refused.value.code, refused.value.params) == (code, params)
    assert store.record_count() == 0


@pytest.mark.parametrize("control", ["\0", "\1"])
def test_a_nul_costs_its_own_row_as_other_control_characters_do(store: Watched, control: str) -> None:
    report = load(store, sheet(GOOD, GOOD | {"creditore": f"Ar{control}gine"}, GOOD | {"codice": f"{control}X"}, GOOD))
    assert report.added == 2
    assert [(one.row, one.column, one.code) for one in report.rejected] == [
        (3, "creditore", Code.INPUT_TEXT_CONTROL),
        (4, "codice", Code.INPUT_IDENTIFIER_LENGTH),
    ]


@pytest.mark.parametrize(
    ("facet", "day", "is_open"),
    [
        ("rent_arrears", "23/05/2025", True),
        ("rent_arrears", "22/05/2025", False),
        ("food_parcel", "01/06/2025", True),
        ("food_parcel", "31/05/2025", False),
    ],
)
def test_a_promise_that_is_over_does_not_begin_anew(store: Watched, facet: str, day: str, is_open: bool) -> None:
    row = GOOD | {"aiuto": facet, "data": day}
    report = load(store, sheet(row | {"stato": "riservato"}, row, row | {"stato": "annullato"}))
    hours = "12" if facet == "food_parcel" else "240"
    over = [] if is_open else [(2, "stato", Code.INPUT_PROMISE_OVER, {"value": day, "hours": hours})]
    assert [(one.row, one.column, one.code, one.params) for one in report.rejected] == over
    assert report.added == 3 - len(over)


def test_progress_counts_every_row_read(store: Watched) -> None:
    heard: list[tuple[int, int]] = []
    rows = [GOOD | {"data": "x" if number % 2 else GOOD["data"]} for number in range(2100)]
    content = sheet(*rows).encode()
    report = import_file(content, "a.csv", Kind.ODV, TODAY, store, "anna", lambda *step: heard.append(step))
    assert heard == [(1000, 2100), (2000, 2100), (2100, 2100)]
    assert (report.added, len(report.rejected)) == (1050, 1050)


def test_the_error_file_tells_why_keeps_the_row_and_runs_no_formula(store: Watched) -> None:
    bad = GOOD | {"importo": "-5,00", "creditore": "=HYPERLINK(1)"}
    content = sheet(GOOD, bad).encode("cp1252")
    text = rejects_csv(load(store, content)).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["riga"], row["colonna"]) == ("3", "importo")
    assert row["motivo"] == "L'importo «-5,00» è negativo o nullo."
    assert row["prossimo passo"] == "Indicare un importo maggiore di zero."
    assert (row["chiave"], row["importo"], row["creditore"]) == ("k2", "'-5,00", "'=HYPERLINK(1)")
    corrected = text.replace("'-5,00", "5,00").encode()
    assert load(store, corrected).added == 1
