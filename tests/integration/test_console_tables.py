"""`--out` of commands that print a list: the same list in a private file, whatever the command's status."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.forks import Ran
from node.sheets.read import open_sheet
from tests.support.commands import run
from tests.support.fake_node import PASSWORD, PYTHONPATH, in_own_process
from tests.support.scenarios import ANYONE

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": PYTHONPATH,
    "LANG": "C.UTF-8",
    "MAGLIA_PASSWORD": PASSWORD,
}
ASKED = ("check", ANYONE, "--purpose", "aid_overlap", "--facet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with in_own_process(tmp_path_factory.mktemp("console")) as place:
        yield place


def maglia(folder: Path, *arguments: str) -> Ran:
    return run("tui", "--profile", str(folder / "anna.toml"), *arguments, environment=ENVIRONMENT)


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_check_is_written_with_who_is_silent_and_ends_as_it_would(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "verifica.csv"
    done = maglia(folder, *ASKED, "food_parcel", "--out", str(out))
    assert done.status == 10
    assert f"Scritto: {out}" in done.out.replace("\n  ", " ")
    written = rows(out)
    assert written[1][1:3] == ["RISPOSTE", "9 su 12"]
    assert [row[2] for row in written if row[1] == "MUTO"] == ["Croce Verde", "Onlus Ponte", "Mensa Est"]
    assert out.stat().st_mode & 0o777 == 0o600
    again = maglia(folder, *ASKED, "food_parcel", "--out", str(out), "--json")
    assert (again.status, json.loads(again.out)["code"]) == (2, "input.out_exists")


def test_a_workbook_holds_what_the_lines_say_and_no_orders_to_a_terminal(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "segnali.xlsx"
    done = maglia(folder, "log", "signals", "--out", str(out), "--json")
    assert (done.status, json.loads(done.out)["file"]) == (10, str(out))
    sheet = open_sheet(out.read_bytes(), "x", ())
    assert [list(line.cells or ()) for line in sheet.lines()] == [["20/11/2026", "[31mugo", "FUORI ORARIO", "3", "1"]]


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.pdf", "input.table_name"), (f"{ANYONE}.csv", "input.file_name"), ("no/a.csv", "input.file_write")],
    ids=range(3),
)
def test_a_name_that_can_not_be_is_refused_before_anybody_is_asked(
    folder: Path, tmp_path: Path, name: str, code: str
) -> None:
    done = run(
        "tui", "--profile", str(folder / "anna.toml"), *ASKED, "food_parcel", "--out", str(tmp_path / name), "--json",
        environment=ENVIRONMENT | {"MAGLIA_PASSWORD": "wrong"},
    )  # fmt: skip
    assert (done.status, json.loads(done.out)["code"]) == (2, code)
    assert ANYONE not in done.out + done.err


@pytest.mark.parametrize(("name", "form"), [("t.xlsx", "csv"), ("t.csv", "csv"), ("t.csv", "xlsx")])
def test_an_export_does_not_make_a_folder_called_as_a_file(folder: Path, tmp_path: Path, name: str, form: str) -> None:
    done = maglia(folder, "export", "--out", str(tmp_path / name), "--format", form)
    assert done.status == 2
    assert f"Il nome «{name}» non va con --format {form}." in done.err
    assert not list(tmp_path.iterdir())


def test_the_notice_is_printed_for_a_roll_and_as_text(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "n.txt"
    done = maglia(folder, "consent", "print", "--roll", "--columns", "48", "--out", str(out), "--json")
    assert (done.status, json.loads(done.out)["pages"]) == (0, None)
    assert max(map(len, out.read_text("ascii").split("\n"))) <= 48
    done = maglia(folder, "consent", "print", "--out", str(out), "--force")
    assert (done.status, "pagine" in done.out) == (0, False)
    assert "più" in out.read_text("utf-8")
    refused = maglia(folder, "consent", "print", "--roll", "--out", str(tmp_path / "n.pdf"), "--json")
    assert (refused.status, json.loads(refused.out)["code"]) == (2, "input.paper_name")
