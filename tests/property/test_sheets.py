"""Whatever bytes come, they are a table or one refusal."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maglia.core.errors import MagliaError
from node.sheets.read import open_sheet
from tests.support.sheet_files import Cell, ods, xlsx

ROWS: list[list[Cell]] = [["Codice", "Importo", "Data"], ["a", 1.5, "x"], ["b", "c", None]]
WHOLE = (xlsx(ROWS), ods(ROWS))


def read(content: bytes) -> None:
    try:
        sheet = open_sheet(content, "x", ("codice",))
    except MagliaError:
        return
    for line in sheet.lines():
        assert sheet.line_at(line.row, line.start, line.end) == line


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600) | st.text("a;,\"\n\r\t '", max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_a_refusal(noise: bytes) -> None:
    read(noise)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 3000),
)
def test_a_workbook_with_wrong_bytes_is_a_table_or_a_refusal(
    whole: bytes, wrong: list[tuple[int, int]], missing: int
) -> None:
    content = bytearray(whole)
    for place, byte in wrong:
        content[place % len(content)] = byte
    read(bytes(content[: len(content) - missing % 40]))
