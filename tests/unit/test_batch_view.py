"""What the screen of calls shows, reads from a folder and remembers, without a screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.translation import tr
from tests.support.scenarios import ANYONE
from tui.batch_columns import COLUMNS, asked_columns
from tui.batch_folder import PathSuggester, folder_of, sheets_in, shown_size
from tui.batch_model import Batch, BatchRow, Progress
from tui.batch_templates import remember, remembered
from tui.batch_view import list_rows, reject_rows, row_detail, said_lines, shown_rows
from tui.lines import Line
from tui.model import Silent
from tui.screens.bando.screen import BandoScreen
from tui.screens.bando.words import HELPS

BATCH = Batch(
    "B-1", "affitto", "rent_current", 6, "domande.csv", "ugo", 1, "2027-01-30", 3, 1, "done", answered_at_ms=1
)
SILENT = tuple(Silent(f"ente-{at}", f"Ente {at}", "deadline") for at in range(30))


def said(batch: Batch, progress: Progress | None = None, lang: str = "it") -> str:
    return "\n".join(f"{line.mark} {line.text}" for line in said_lines(batch, progress, lang))


def test_every_silent_body_of_a_row_is_named() -> None:
    lines = row_detail(BatchRow(2, "partial", ANYONE, answered=1, asked=31, silent=SILENT), "it")
    assert sum("non risponde in tempo" in line for line in lines) == 30
    assert lines[-1] == "?? Nel file resta PARZIALE, mai NESSUNO."
    assert "PARZIALE   enti che hanno risposto per intero 1 su 31" in lines


def test_rows_worth_a_look_are_all_but_those_without_a_match() -> None:
    rows = [BatchRow(at, verdict) for at, verdict in enumerate(("none", "match", "partial", "rejected", "none"))]
    assert [row.verdict for row in shown_rows(rows, "worth")] == ["match", "partial", "rejected"]
    assert [row.row for row in shown_rows(rows, "none")] == [0, 4]
    assert len(shown_rows(rows, "all")) == 5


@pytest.mark.parametrize("lang", ["it", "en"])
def test_nothing_is_concluded_while_somebody_is_missing(lang: str) -> None:
    never = {"it": "mai NESSUNO", "en": "never NONE"}[lang]
    assert never in said(replace(BATCH, partial=2), lang=lang)
    assert never not in said(replace(BATCH, none=2), lang=lang)
    running = replace(BATCH, state="running", none=2)
    silent = Progress("running", is_naming=False, done=1, total=2, left_ms=None, silent=("Onlus [/bad]",))
    assert "Onlus [/bad]" in said(running, silent, lang)
    decision = {"it": "La decisione resta", "en": "The decision"}[lang]
    assert decision not in said(running, silent, lang)
    assert decision in said(BATCH, lang=lang)


def test_what_was_stopped_by_others_is_not_offered_to_go_on() -> None:
    capped = replace(BATCH, state="paused", stopped="budget.procedure", stopped_params={"limit": "9", "procedure": "a"})
    assert "limite di 9" in said(capped)
    assert "F2 riprende" not in said(capped)
    assert "F2 riprende" in said(replace(capped, stopped="log.unavailable"))
    assert "ancora interrogato" in said(replace(BATCH, state="paused", answered_at_ms=0, partial=2))


def test_the_list_says_how_far_what_is_followed_is() -> None:
    running = replace(BATCH, state="running")
    [row] = list_rows([running], {"B-1": Progress("running", is_naming=False, done=51, total=100, left_ms=1)}, "it")
    assert "in corso 51%" in row.cells
    [row] = list_rows([running], {}, "it")
    assert "in corso" in row.cells


def test_the_newest_sheets_of_a_folder_come_first_then_its_folders(tmp_path: Path) -> None:
    for name in ("a.csv", "b.XLSX", "c.ods", "d.pdf", ".e.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sotto").mkdir()
    found = sheets_in(tmp_path)
    assert {one.name for one in found[:3]} == {"a.csv", "b.XLSX", "c.ods"}
    assert [(one.name, shown_size(one, "it")) for one in found[3:]] == [("sotto/", "cartella")]
    assert shown_size(found[0], "en") == "1 kB"
    assert sheets_in(tmp_path / "niente") == []
    assert (folder_of(f"{tmp_path}/a.c"), folder_of("a.csv")) == (tmp_path, Path())


async def test_a_path_is_completed_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "Domande 2026.xlsx").write_text("x")
    suggest = PathSuggester().get_suggestion
    assert await suggest(f"{tmp_path}/Dom") == f"{tmp_path}/Domande 2026.xlsx"
    assert await suggest(f"{tmp_path}/x") is None
    assert await suggest(f"{tmp_path}/") is None


def test_what_was_chosen_is_remembered_without_a_word_of_the_file(tmp_path: Path) -> None:
    path, titles = tmp_path / "ugo.columns", (ANYONE, "Casa", "POD")
    assert remembered(path, titles) == {}
    remember(path, titles, {"codice": ANYONE, "fornitura": "POD"})
    assert remembered(path, titles) == {"codice": ANYONE, "fornitura": "POD"}
    assert remembered(path, ("Casa", ANYONE, "POD")) == {}
    assert ANYONE not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    assert remembered(path, titles) == {}


def test_columns_under_their_own_names_need_not_be_asked_for() -> None:
    assert asked_columns({"codice": "Codice", "nucleo": "Famiglia", "periodo": ""}) == {"nucleo": "Famiglia"}


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_key_of_the_screen_has_room_at_eighty_columns(lang: str) -> None:
    actions = BandoScreen.ACTIONS
    shown = [action for action in actions if action in BandoScreen.OWN or action.key in {"f1", "f10"}]
    assert len(shown) == len(BandoScreen.OWN) + 2
    assert len(" ".join(f"{one.shown} {tr(one.words, lang)}" for one in shown)) <= 80


def test_every_field_is_explained_in_both_languages() -> None:
    fields = {"list", "file", "procedure", "facet", "months", "sheet", "which", "out", "ranking", "with-ranking"}
    assert fields | {f"map-{name}" for name in COLUMNS} <= set(HELPS)
    assert all(all(pair) for pair in HELPS.values())


def test_no_line_is_empty_of_words() -> None:
    for state in ("running", "paused", "done"):
        lines = said_lines(replace(BATCH, state=state, partial=1), None, "it")
        assert lines
        assert all(isinstance(line, Line) and line.text for line in lines)


def test_rejected_rows_stand_under_their_reason_which_is_written_once() -> None:
    def rejected(row: int, length: str) -> BatchRow:
        params = {"count": length, "length": length}
        return BatchRow(row, "rejected", "X", column="codice", code="input.identifier_length", params=params)

    rows = reject_rows([rejected(2, "15"), rejected(5, "3"), rejected(9, "15")], "it")
    assert [row.key for row in rows] == ["2", "9", "5"]
    assert [row.cells[-1][:35] for row in rows] == [
        "Codice non valido: ha 15 caratteri,",
        "come sopra",
        "Codice non valido: ha 3 caratteri, ",
    ]
