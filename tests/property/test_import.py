from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from maglia.core.rejected import rejected_rows
from maglia.core.tables import csv_bytes
from maglia.core.vocabulary import Kind
from node.domain.forms import echo
from node.importing.aid import ImportReport, import_file
from node.importing.columns import REQUIRED
from node.store.sql import SqlStore
from tests.clerk import TODAY, fictional_code, open_store


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStore]:
    with TemporaryDirectory() as folder:
        yield open_store(Path(folder) / "node.db")


_TEXT = st.characters(codec="utf-8")
CELLS = {
    "chiave": st.text(_TEXT, max_size=6) | st.integers(0, 50).map(str),
    "codice": st.integers(0, 500).map(fictional_code) | st.text(_TEXT, max_size=18),
    "aiuto": st.sampled_from(["rent_arrears", "food_parcel", "health_x", "?"]),
    "data": st.dates().map(lambda day: f"{day:%d/%m/%Y}") | st.just("15/03/2025") | st.text(_TEXT, max_size=10),
    "importo": st.sampled_from(["10,00", "1.000", "-1", ""]) | st.text("0123456789.,-", max_size=8),
    "stato": st.sampled_from(["dato", "riservato", "x"]),
    "base": st.sampled_from(["", "consenso", "compito pubblico"]),
}


def rejects_csv(report: ImportReport) -> bytes:
    return csv_bytes(rejected_rows(report.sheet.titles, report.rejected_lines()))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(CELLS), max_size=12), st.sampled_from(";,\t"))
def test_every_row_is_added_unchanged_or_rejected_and_again_nothing_is_added(
    store: SqlStore, rows: list[dict[str, str]], delimiter: str
) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, REQUIRED, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    content = out.getvalue().encode()
    before = store.record_count()

    first = import_file(content, "a.csv", Kind.COMUNE, TODAY, store, "anna")
    assert first.added + first.unchanged + len(first.rejected) == len(rows)
    assert store.record_count() == before + first.added

    again = import_file(content, "a.csv", Kind.COMUNE, TODAY, store, "anna")
    assert again.added == 0
    assert again.unchanged == first.added + first.unchanged
    assert [(one.row, one.code) for one in again.rejected] == [(one.row, one.code) for one in first.rejected]
    told = list(csv.reader(io.StringIO(rejects_csv(first).decode("utf-8-sig")), delimiter=";"))
    assert [line[0] for line in told[1:]] == [str(one.row) for one in first.rejected]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_imported_or_refused_with_a_code(store: SqlStore, noise: bytes, with_header: bool) -> None:
    content = (";".join(REQUIRED) + "\n").encode() + noise if with_header else noise
    try:
        report = import_file(content, "a.csv", Kind.ODV, TODAY, store, "anna")
    except MagliaError:
        return
    rejects_csv(report)


@given(st.integers(0, 20_000), st.text(max_size=3), st.text(max_size=3), st.sampled_from(["", " ", "-", "."]))
def test_a_code_is_never_echoed(number: int, before: str, after: str, between: str) -> None:
    code = fictional_code(number)
    for written in (code, code.lower(), between.join(code), f"{before} {code} {after}"):
        assert echo(written) == "…"
