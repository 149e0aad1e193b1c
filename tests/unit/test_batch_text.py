"""What an officer reads of a call for applicants, and the files that come of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from maglia.core.errors import Code, MagliaError
from tests.clerk import fictional_code
from tests.peer_world import refused
from tui.batch_files import check_out, write_ranking, write_results
from tui.batch_model import Batch, BatchRow, Progress
from tui.batch_row_text import detail, in_file, row_lines
from tui.batch_text import (
    asked_about,
    awaited_line,
    known_already,
    listed,
    next_steps,
    progress_line,
    summary,
    time_left,
    watched_line,
)
from tui.model import Finding, Silent

BATCH = Batch("B-0123456789", "affitto-2026", "rent_current", 6, "domande.csv", "ivo", 0, "2027-01-30", 4, 1, "done")
FOUND = Finding(member_name="Comune di Valle", facet="rent_current", when="2026-03-05", amount_cents=300_00)
MATCH = BatchRow(2, "match", fictional_code(1), "N1", "AAAA2222", None, 2, 2, (FOUND,))
PARTIAL = BatchRow(
    3, "partial", fictional_code(2), "N2", "BBBB2222", None, 1, 2, silent=(Silent("ponte", "Onlus Ponte", "deadline"),)
)
EVIL = BatchRow(4, "none", fictional_code(3), "=1+1", "CCCC2222", None, 2, 2, same_household=(2, 9), same_need=(2,))
BAD = BatchRow(5, "rejected", "=HYPERLINK(1)", column="codice", code="input.applicant_twice", params={"row": "2"})
ROWS = [MATCH, PARTIAL, EVIL, BAD]


def test_a_row_says_what_was_found_and_who_is_missing() -> None:
    assert detail(MATCH, "it") == "Affitto 05/03/2026, 300,00 €, Comune di Valle"
    assert detail(PARTIAL, "it") == "Onlus Ponte non risponde in tempo"
    assert detail(replace(PARTIAL, silent=(), unasked=1), "it") == "1 da interrogare"
    assert detail(replace(MATCH, omitted=2), "it").startswith("almeno Affitto")
    assert "riga 2" in detail(BAD, "it")
    assert in_file(EVIL, "it") == "stesso nucleo della riga 2, 9; stessa fornitura della riga 2"
    assert row_lines(MATCH, "it") == ["     2  RISCONTRO     2/2  Affitto 05/03/2026, 300,00 €, Comune di Valle"]
    assert fictional_code(1) not in "".join(row_lines(MATCH, "it"))


@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_reason_that_is_long_stands_whole_below_its_row(lang: str) -> None:
    head, *below = row_lines(BAD, lang)
    assert head.split() == ["5", "SCARTATA" if lang == "it" else "REJECTED", "-", "codice"]
    assert f"codice: {' '.join(line.strip() for line in below)}" == detail(BAD, lang)
    names = [Silent(f"p{number}", f"Onlus del Ponte {number}", "deadline") for number in range(9)]
    head, *below = row_lines(replace(PARTIAL, silent=tuple(names), asked=11), lang)
    assert head.split()[-1] == "1/11"
    for line in [head, *below]:
        assert len(line) <= 80
    assert all(one.name in " ".join(line.strip() for line in below) for one in names)


def test_partial_rows_are_said_to_stay_partial() -> None:
    lines = summary(replace(BATCH, matches=1, partial=21, none=1_204), "it")
    assert "Nessun riscontro 1.204   Riscontro 1   Parziali 21   Scartate 1" in lines
    assert lines[-1] == "?? 21 righe sono parziali: nel file restano PARZIALE, mai NESSUNO."

    one = summary(replace(BATCH, partial=1, bodies=1, rows=1), "it")
    assert one[-1] == "?? 1 riga è parziale: nel file resta PARZIALE, mai NESSUNO."
    assert one[1] == "domande.csv   1 riga   1 ente interrogato"


def test_what_stopped_a_run_is_told_whole_and_offers_to_go_on_only_where_it_passes() -> None:
    full = {"limit": "450", "procedure": "affitto-2026"}
    capped = replace(BATCH, state="paused", stopped="budget.procedure", stopped_params=full)
    lines = summary(capped, "it")
    assert "450 persone o bisogni della procedura «affitto-2026»" in " ".join(line.strip() for line in lines)
    assert all(len(line) <= 80 for line in lines)
    assert next_steps(capped, "it") == []
    for passes in ("", "network.unreachable", "session.left"):
        assert next_steps(replace(capped, stopped=passes), "it") == [f"Per riprendere: maglia bando resume {BATCH.id}"]


def test_answers_have_their_day() -> None:
    assert not any("Risposte" in line for line in summary(BATCH, "it"))
    opened, day = int(datetime(2026, 11, 21, 10, 30).timestamp() * 1000), 24 * 3_600_000
    asked = replace(BATCH, opened_at_ms=opened, answered_at_ms=opened + 600_000)
    assert "Risposte del 21/11/2026 10:40" in summary(asked, "it")
    later = replace(asked, answered_at_ms=opened + day)
    assert "Risposte dal 21/11/2026 al 22/11/2026 10:30" in summary(later, "it")
    again = known_already(asked, "it")
    assert again[0] == "Già controllato il 21/11/2026 10:40."
    assert again[1] == f"Per chiedere di nuovo: maglia bando delete {BATCH.id}, poi di nuovo check."
    assert all(len(line) <= 80 for line in again)


def test_a_list_says_how_many_rows_are_partial() -> None:
    one = replace(BATCH, rows=450, partial=450)
    assert listed([one, replace(one, state="paused", partial=0)], "it") == [
        "NUMERO        STATO       RIGHE PARZIALI  BANDO",
        "B-0123456789  finito        450      450  affitto-2026 (fino al 30/01/2027)",
        "B-0123456789  in pausa      450        -  affitto-2026 (fino al 30/01/2027)",
    ]


def test_the_aid_that_is_asked_about_is_named() -> None:
    assert asked_about("rent_current", 6, "it").startswith("Si chiede di: Affitto (rent_current), 6 mesi.")


def test_progress_says_how_long_is_left() -> None:
    half = Progress("running", is_naming=False, done=612, total=1_204, left_ms=240_000)
    assert progress_line(half, "it") == "Risposte  [##############..............] 612 su 1.204   mancano ~4 min"
    of_rows = progress_line(replace(half, done=180, total=360), "it", rows=180)
    assert of_rows == "Righe     [##############..............] 90 su 180   mancano ~4 min"
    assert progress_line(half, "it", 602, is_still=True).endswith("306 su 602   si aspetta ancora")
    assert progress_line(replace(half, silent=("Onlus",)), "it").endswith("612 su 1.204"), "its pace is unknown"
    assert time_left(900, "it") == "mancano ~1 s"
    assert "[............................] 0 of 7" in progress_line(
        Progress("running", is_naming=True, done=0, total=7, left_ms=None), "en"
    )


def test_a_run_names_whom_it_waits_for() -> None:
    half = Progress("running", is_naming=False, done=612, total=1_204, left_ms=240_000)
    assert awaited_line(half, "it") == ""
    assert watched_line(half, "it", 80) == progress_line(half, "it")
    two = replace(half, awaited=("Croce Verde", "Mensa Est"))
    assert watched_line(two, "it", 80) == "Risposte  [######......] 612 su 1.204   Si aspetta: Croce Verde, Mensa Est."
    four = replace(half, awaited=("A", "B", "C", "D"))
    assert awaited_line(four, "it") == "Si aspetta: A, B e altri 2 enti."
    assert len(watched_line(four, "it", 80)) <= 79
    assert watched_line(four, "en", 120).endswith("Waiting for: A, B and 2 more bodies.")


@pytest.mark.parametrize("name", ["esiti.csv", "esiti.xlsx"])
def test_results_are_the_owners_alone_and_run_no_formula(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    at = int(datetime(2026, 11, 21, 10, 40).timestamp() * 1000)
    write_results(out, replace(BATCH, opened_at_ms=at, answered_at_ms=at), ROWS, "it")
    assert out.stat().st_mode & 0o777 == 0o600
    rows = _read(out)
    assert [row[3] for row in rows] == ["esito", "RISCONTRO", "PARZIALE", "NESSUNO", "SCARTATA"]
    assert [row[4] for row in rows[1:]] == ["2 su 2", "1 su 2", "2 su 2", ""]
    assert [row[-1] for row in rows] == ["risposte", *["del 21/11/2026 10:40"] * 3, ""]
    assert (rows[3][2], rows[4][1]) == ("'=1+1", "'=HYPERLINK(1)")


def test_what_is_published_names_nobody_and_its_key_stands_apart(tmp_path: Path) -> None:
    rows = [replace(MATCH, points=80_00), replace(PARTIAL, points=87_50), replace(EVIL, points=80_00), BAD]
    key = write_ranking(tmp_path / "elenco.csv", BATCH, rows, "it")
    published = _read(tmp_path / "elenco.csv")
    assert published == [
        ["posizione", "protocollo", "punteggio"],
        ["1", "BBBB2222", "87,50"],
        ["2", "AAAA2222", "80,00"],
        ["3", "CCCC2222", "80,00"],
    ]
    assert key.name == "elenco-chiave.csv"
    assert ["AAAA2222", "2", fictional_code(1)] in _read(key)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600, 0o600]
    write_ranking(tmp_path / "altro.csv", BATCH, ROWS, "it")
    assert _read(tmp_path / "altro.csv")[:2] == [["posizione", "protocollo"], ["1", "AAAA2222"]]


def test_a_file_that_could_not_be_written_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "esiti.csv"
    check_out(out, tmp_path / "elenco.xlsx", "it", force=False)
    for results, ranking, code in (
        (tmp_path / "esiti.pdf", None, Code.INPUT_TABLE_NAME),
        (out, out, Code.INPUT_TABLE_NAME),
        (tmp_path / "elenco-chiave.csv", tmp_path / "elenco.csv", Code.INPUT_TABLE_NAME),
        (tmp_path / "no" / "esiti.csv", None, Code.INPUT_FILE_WRITE),
        (tmp_path / f"{fictional_code(1)}.csv", None, Code.INPUT_FILE_NAME),
    ):
        with refused(code):
            check_out(results, ranking, "it", force=False)
    hidden = tmp_path / f"domande{fictional_code(1)}.pdf"
    with pytest.raises(MagliaError) as told:
        check_out(hidden, None, "it", force=False)
    assert told.value.params["file"] == "…"
    out.write_text("mio")
    with refused(Code.INPUT_FILE_EXISTS):
        check_out(out, None, "it", force=False)
    check_out(out, None, "it", force=True)
    with refused(Code.INPUT_TABLE_NAME):
        check_out(out, None, "it", force=True, source=tmp_path / "." / out.name)


def _read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return [line.split(";") for line in path.read_text("utf-8-sig").splitlines()]
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in cells]
