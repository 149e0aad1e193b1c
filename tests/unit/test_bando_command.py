"""What an officer types about calls for applicants: what is asked of the node, what is asked back, how it ends."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from maglia.wire.certificates import make_certificate
from tests.clerk import fictional_code
from tests.support.scenarios import ANYONE
from tui.__main__ import app
from tui.batch_model import Batch, BatchRow, CallAsked, FileReading, Progress, ReadRow
from tui.commands import bando, bando_rows
from tui.profile import Profile

NUMBER = "B-0123456789"
AT_MS = int(datetime(2026, 11, 21, 10, 40).timestamp() * 1000)
DONE = Batch(
    NUMBER,
    "affitto",
    "rent_current",
    6,
    "domande.csv",
    "ivo",
    AT_MS,
    "2027-01-30",
    1,
    0,
    "done",
    none=1,
    bodies=1,
    answered_at_ms=AT_MS,
)


@dataclass
class Desk:
    """A node's door to one call for applicants, in memory, which may have been checked before."""

    known: bool = False
    opened: list[str] = field(default_factory=list)
    columns: list[Mapping[str, str]] = field(default_factory=list)
    code: str = ""
    deleted: list[str] = field(default_factory=list)

    async def open_batch(self, _content: bytes, name: str, asked: CallAsked) -> tuple[Batch, bool]:
        self.opened += [name, asked.sheet]
        self.columns.append(asked.columns)
        return (DONE if self.known else replace(DONE, state="paused", answered_at_ms=0)), self.known

    async def read_file(self, _content: bytes, _name: str, asked: CallAsked) -> FileReading:
        self.columns.append(asked.columns)
        if self.code:
            return FileReading(("Chi", "Casa"), {}, code=self.code, params={"file": "x.csv", "field": "codice"})
        columns = {"codice": "C.F.", "nucleo": "nucleo"}
        good = ReadRow(2, {"codice": ANYONE, "nucleo": "N1"})
        bad = ReadRow(3, {}, "codice", "input.identifier_empty")
        return FileReading(("C.F.", "nucleo"), columns, 2, 1, (good, bad))

    async def run_batch(self, _batch_id: str, *, retry: bool) -> AsyncIterator[Progress]:
        yield Progress("done", is_naming=retry, done=1, total=1, left_ms=None)

    async def batch_rows(self, _batch_id: str) -> tuple[Batch, list[BatchRow]]:
        bad = BatchRow(3, "rejected", ANYONE[:9], column="codice", code="input.identifier_empty")
        return DONE, [BatchRow(2, "none", answered=1, asked=1), *([bad] if self.code else [])]

    async def delete_batch(self, batch_id: str) -> None:
        self.deleted.append(batch_id)


class Terminal(io.TextIOWrapper):
    """Standard input of somebody who sits there."""

    def __init__(self, typed: str) -> None:
        super().__init__(io.BytesIO(typed.encode()), encoding="utf-8")

    def isatty(self) -> bool:
        return True


@dataclass
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Typing = Callable[..., Ended]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()

    @asynccontextmanager
    async def at_desk(_which: object, _profile: Profile, _password: str) -> AsyncIterator[Desk]:
        yield made

    for module in (bando, bando_rows):
        monkeypatch.setattr(module, "at", at_desk)
    return made


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    made = make_certificate("comune", "distretto", 3600, time.time())
    (tmp_path / "front.pem").write_bytes(made.certificate)
    path = tmp_path / "ivo.toml"
    name = "comune.distretto.maglia.internal"
    path.write_text(f'endpoint = "127.0.0.1:7001"\nserver_name = "{name}"\nca_file = "front.pem"\nuser = "ivo"\n')
    monkeypatch.setenv("MAGLIA_PASSWORD", "parola")

    def run(*words: str, typed: str | None = None) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
        with pytest.raises(SystemExit) as ended:
            app(["--profile", str(path), "bando", *words])
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize(("typed", "status"), [("s\n", 0), ("\n", 4), ("no\n", 4), (None, 4)])
def test_a_deletion_is_asked_about_on_a_terminal(typing: Typing, desk: Desk, typed: str | None, status: int) -> None:
    ended = typing("delete", NUMBER, typed=typed)
    assert ended.status == status, ended
    assert desk.deleted == ([NUMBER] if status == 0 else [])
    assert (f"Cancellare {NUMBER}" in ended.err) is (typed is not None)


def test_a_script_deletes_with_yes(typing: Typing, desk: Desk) -> None:
    assert typing("delete", NUMBER, "--yes").status == 0
    assert desk.deleted == [NUMBER]


@pytest.mark.parametrize("known", [False, True])
def test_the_same_file_again_says_when_it_was_checked_and_how_to_ask_anew(
    typing: Typing, desk: Desk, tmp_path: Path, known: bool
) -> None:
    desk.known = known
    path = tmp_path / f"domande {fictional_code(1)}.csv"
    path.write_text("codice;nucleo")
    ended = typing("check", str(path), "--procedure", "affitto", "--foglio", "Due")
    assert ended.status == 0, ended
    assert desk.opened == ["…", "Due"]
    assert ended.err.startswith("Si chiede di: Affitto (rent_current), 6 mesi.")
    assert "Risposte del 21/11/2026 10:40" in ended.out
    assert ("Già controllato il 21/11/2026 10:40." in ended.out) is known
    assert (f"maglia bando delete {NUMBER}, poi di nuovo check" in ended.out) is known
    assert all(len(line) <= 80 for line in (ended.out + ended.err).splitlines())
    told = json.loads(typing("check", str(path), "--procedure", "affitto", "--json").out)
    assert (told["known"], told["answered_at_ms"]) == (known, AT_MS)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("option", ["--out", "--graduatoria"])
@pytest.mark.parametrize("command", ["resume", "retry", "export"])
def test_results_are_never_written_over_the_applications(
    typing: Typing, tmp_path: Path, command: str, option: str
) -> None:
    applications, others = tmp_path / "domande.csv", tmp_path / "esiti.csv"
    for path in (applications, others):
        path.write_text("codice;nucleo")
    ended = typing(command, NUMBER, option, str(applications), "--force")
    assert (ended.status, applications.read_text()) == (2, "codice;nucleo"), ended
    assert "«domande.csv»" in ended.err
    ended = typing(command, NUMBER, option, str(others), "--force")
    assert (ended.status, others.read_text() != "codice;nucleo") == (0, True), ended


def test_how_a_file_is_read_is_told_without_anybodys_code(typing: Typing, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "domande.csv"
    path.write_text("C.F.;nucleo")
    ended = typing("read", str(path), "--map", "C.F.=codice")
    assert ended.status == 12, ended
    assert desk.columns == [{"codice": "C.F."}]
    assert "riga 2: Nucleo N1" in ended.out
    assert "Righe 2, di cui scartate 1." in ended.out
    assert ANYONE not in ended.out
    told = json.loads(typing("read", str(path), "--json").out)
    assert (told["schema"], told["rows"], told["first"][1]["code"]) == (
        "maglia.bando-file/1",
        2,
        "input.identifier_empty",
    )
    desk.code = "input.column"
    ended = typing("read", str(path))
    assert (ended.status, "Chi, Casa" in ended.out) == (2, True), ended


def test_titles_of_its_own_go_with_the_file(typing: Typing, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "domande.csv"
    path.write_text("C.F.;nucleo")
    assert typing("check", str(path), "--procedure", "affitto", "--map", "C.F.=codice").status == 0
    assert desk.columns == [{"codice": "C.F."}]


def test_rejected_rows_are_told_and_written_with_what_the_file_says(typing: Typing, desk: Desk, tmp_path: Path) -> None:
    assert (typing("rejects", NUMBER).status, typing("rejects", NUMBER).out) == (0, "Nessuna riga scartata.\n")
    desk.code = "input.column"
    out = tmp_path / "scarti.csv"
    ended = typing("rejects", NUMBER, "--out", str(out))
    assert ended.status == 12, ended
    assert "     3  SCARTATA" in ended.out
    assert ANYONE[:9] not in ended.out
    assert f"3;codice;{ANYONE[:9]};" in out.read_text("utf-8-sig")
