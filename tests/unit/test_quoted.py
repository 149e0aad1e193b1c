"""What people wrote is quoted back only where it can't be a person's code: in texts, and in names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.quoted import echo, may_hold_code
from maglia.import_command import read_list
from tests.clerk import fictional_code
from tui.text import sentence_of

CODE = fictional_code(1)


@pytest.mark.parametrize(
    "text",
    [CODE, f"aiuti {CODE.lower()}.csv", f"{CODE[:6]} {CODE[6:11]}-{CODE[11:]}", "00000000000", "stp0309990000001"],
)
def test_what_may_be_a_code_is_not_quoted(text: str) -> None:
    assert (may_hold_code(text), echo(text)) == (True, "…")


def test_other_words_are_quoted_short_and_without_control_characters() -> None:
    assert echo(" aiuti\x1b[31m 2026.csv ") == "aiuti[31m 2026.csv"
    assert echo("a" * 50) == "a" * 39 + "…"
    assert not may_hold_code("fondi esauriti, tel. 333 0000000")


def test_a_file_named_after_a_person_is_not_named_in_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as told:
        read_list(tmp_path / f"{CODE}.csv")
    assert (told.value.code, told.value.params) == (Code.INPUT_FILE, {"file": "…"})
    with pytest.raises(MagliaError) as named:
        read_list(tmp_path / "aiuti.csv")
    assert named.value.params == {"file": "aiuti.csv"}
    for lang in ("it", "en"):
        said = sentence_of(MagliaError(Code.INPUT_FILE_EXISTS, file=f"{CODE}.pdf"), lang)
        assert (CODE in said.message, "…" in said.message) == (False, True)
