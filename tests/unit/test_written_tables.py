"""What a command says when its table could not be written after all: what was found is never lost with the file."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from typer.testing import Result as Ran

from maglia.wire.certificates import make_certificate
from tui.commands.base import Out, Result, Settings, perform
from tui.exits import Exit
from tui.profile import Profile
from tui.table import Table

CERTIFICATE = make_certificate("emporio-nord", "distretto", 3600, time.time())
TABLE = Table("Elenco", ("Codice",), (("x",),), has_codes=True)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    (tmp_path / "front.pem").write_bytes(CERTIFICATE.certificate)
    path = tmp_path / "anna.toml"
    path.write_text(
        'endpoint = "127.0.0.1:7001"\nserver_name = "emporio-nord.distretto.maglia.internal"\n'
        'ca_file = "front.pem"\nuser = "anna"\n'
    )
    return path


def ran(profile: Path, out: Path, result: Result, *, spoiled: Path | None = None, as_json: bool = False) -> Ran:
    """Run a command that found `result`; `spoiled` appears while it works, as another program's file would."""
    app = typer.Typer()

    @app.command()
    def found(ctx: typer.Context, to: Out = None) -> None:
        async def work(_profile: Profile) -> Result:
            _write_there(spoiled)
            return result

        ctx.obj = Settings(profile)
        perform(ctx, as_json, work, to)

    return CliRunner().invoke(app, ["--out", str(out)])


def _write_there(path: Path | None) -> None:
    if path is not None:
        path.write_text("another's")


def test_the_reader_is_told_where_it_is_and_that_it_holds_codes(profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    done = ran(profile, out, Result({}, ["trovato"], Exit.OVERLAP, TABLE))
    assert done.exit_code == 10
    assert done.stdout.splitlines()[0] == "trovato"
    assert "Contiene codici: tenerlo dove lo legge solo chi deve." in done.stdout
    assert out.exists()


def test_what_was_found_is_told_though_its_file_can_not_be_written(profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    done = ran(profile, out, Result({}, ["trovato"], Exit.OVERLAP, TABLE), spoiled=out)
    assert (done.exit_code, done.stdout, out.read_text()) == (2, "trovato\n", "another's")
    assert "«a.csv» esiste già" in done.stderr
    out.unlink()
    said = ran(profile, out, Result({"schema": "x/1"}, [], Exit.PARTIAL, TABLE), spoiled=out, as_json=True)
    assert json.loads(said.stdout) == {"schema": "x/1", "file": None}


def test_where_there_is_no_table_no_file_is_promised(profile: Path, tmp_path: Path) -> None:
    done = ran(profile, tmp_path / "a.csv", Result({}, ["rimandata"], Exit.NETWORK))
    assert (done.exit_code, done.stdout) == (3, "rimandata\nNessuna tabella da scrivere: il file non c'è.\n")
    assert not (tmp_path / "a.csv").exists()
