"""Lists that operators hand to their own node, and what stays when the work ends early."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maglia.core.errors import MagliaError
from maglia.core.import_file import FileAsked
from maglia.v1 import operator_pb2
from node import local
from node.__main__ import app as node_app
from node.domain.sheet import Day, Number
from node.folder import READY_FILE
from node.sheets.read import open_sheet
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import PASSPHRASE, PASSWORD, copy_of, make_template, served
from tests.support.sheet_files import xlsx
from tui.__main__ import app as tui_app
from tui.files_client import FilesDoor
from tui.profile import load_profile

ROWS = 2_500
TITLES = ["N. pratica", "Codice fiscale", "Giorno", "Importo erogato"]
MAPS = [
    *("--map", "N. pratica=chiave", "--map", "Codice fiscale=codice", "--map", "Giorno=data"),
    *(
        "--map",
        "Importo erogato=importo",
        "--set",
        "aiuto=food_parcel",
        "--set",
        "stato=dato",
        "--set",
        "base=consenso",
    ),
]
ASKED = FileAsked(
    {"chiave": TITLES[0], "codice": TITLES[1], "data": TITLES[2], "importo": TITLES[3]},
    {"aiuto": "food_parcel", "stato": "dato", "base": "consenso"},
)


def list_of(rows: int) -> bytes:
    lines = (f"p{n};{fictional_code(n)};15/03/2025;10,00" for n in range(rows))
    return "\n".join([";".join(TITLES), *lines]).encode()


def count(site: Site) -> int:
    with closing(sqlite3.connect(site.folder / "node.db")) as raw:
        try:
            [(rows,)] = raw.execute("SELECT count(*) FROM aid_record")
        except sqlite3.OperationalError:  # no table yet
            return 0
    return int(rows)


def ran(result: Result) -> dict[str, object]:
    document: dict[str, object] = json.loads(result.stdout)
    return document


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGLIA_PASSWORD", PASSWORD)
    monkeypatch.setenv("MAGLIA_PASSPHRASE", PASSPHRASE)


@pytest.mark.usefixtures("password")
async def test_an_officer_imports_a_file_of_their_own_machine(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        profile, book = tmp_path / "olga.toml", tmp_path / "aiuti.xlsx"
        CliRunner().invoke(node_app, ["profile", "--dir", str(site.folder), "--user", "olga", "--out", str(profile)])
        where = site.folder, site.settings(), site.network.known, site.keys
        for user, role in (("olga", "officer"), ("vera", "volunteer"), ("ugo", "manager")):
            request = operator_pb2.AddOperatorRequest(user=user, name=user, password=PASSWORD, role=role)
            await local.add_operator(*where, request)
        book.write_bytes(xlsx([TITLES, ["p1", fictional_code(1), "15/03/2025", 10], ["p2", "XQZ", "15/03/2025", 10]]))

        def maglia(*words: str) -> Result:
            return CliRunner().invoke(tui_app, ["--profile", str(profile), "import", *words])

        async with site.serving():
            trial = await asyncio.to_thread(maglia, str(book), *MAPS, "--prova", "--scarti", "xlsx")
            assert trial.exit_code == 12, trial.output
            assert "15 marzo 2025" in trial.stdout
            assert "dieci euro" in trial.stdout
            assert all(len(line) <= 80 or str(tmp_path) in line for line in trial.stdout.splitlines())
            assert (tmp_path / "aiuti.scarti.xlsx").stat().st_mode & 0o777 == 0o600
            done = await asyncio.to_thread(maglia, str(book), *MAPS, "--save-template", "caritas", "--json")
            assert (done.exit_code, ran(done)["added"], ran(done)["rejected"]) == (12, 1, 1)
            scraps = (tmp_path / "aiuti.scarti.csv").read_text("utf-8-sig")
            assert scraps.startswith("riga;colonna;motivo;prossimo passo;riga originale;N. pratica;Codice fiscale")
            assert "\n3;codice;" in scraps
            again = await asyncio.to_thread(maglia, str(book), "--template", "caritas", "--json")
            assert (ran(again)["added"], ran(again)["unchanged"]) == (0, 1)
            listed = await asyncio.to_thread(maglia, "--modelli")
            assert listed.stdout.startswith("caritas: ")
            unknown = await asyncio.to_thread(maglia, str(book), "--template", "altro", "--json")
            assert (unknown.exit_code, ran(unknown)["code"]) == (2, "input.template")

            await asyncio.to_thread(_take_out, profile, tmp_path)
            await _hang_up(profile, tmp_path)
            rest = await asyncio.to_thread(maglia, str(tmp_path / "molti.csv"), "--template", "caritas", "--json")
            added, unchanged = ran(rest)["added"], ran(rest)["unchanged"]
            assert isinstance(unchanged, int)
            assert added == ROWS - unchanged
            assert unchanged >= 1_000
        assert count(site) == ROWS


def _take_out(profile: Path, folder: Path) -> None:
    """Export everything as each format, and be refused as an officer."""
    manager, book, tables = folder / "ugo.toml", folder / "tutto.xlsx", folder / "tutto"
    manager.write_text(profile.read_text().replace("olga", "ugo"))

    def export(who: Path, *words: str) -> Result:
        return CliRunner().invoke(tui_app, ["--profile", str(who), "export", *words, "--json"])

    refused = export(profile, "--out", str(book))
    assert (refused.exit_code, ran(refused)["code"], book.exists()) == (4, "session.role", False)
    named = export(manager, "--out", str(folder / "t.xlsx"), "--format", "csv")
    assert (named.exit_code, ran(named)["code"]) == (2, "input.export_name")
    done = export(manager, "--out", str(book.with_suffix("")), "--format", "xlsx")
    assert (done.exit_code, ran(done)["out"]) == (0, str(book)), done.output
    counts = ran(done)["tables"]
    assert isinstance(counts, dict)
    assert (counts["Aiuti"], counts["Persone"]) == (1, 1)
    [aid] = open_sheet(book.read_bytes(), "x", (), "Aiuti").lines()
    cells = list(aid.cells or ())
    assert {type(cells[4]), type(cells[5])} == {Day, Number}
    assert (cells[1:3], cells[4:6]) == (["p1", fictional_code(1)], ["15/03/2025", "10"])
    assert book.stat().st_mode & 0o777 == 0o600
    again = export(manager, "--out", str(book))
    assert (again.exit_code, ran(again)["code"]) == (2, "input.out_exists")
    (folder / "senza").mkdir()
    kept = export(manager, "--out", str(folder / "senza"))
    assert (kept.exit_code, ran(kept)["code"]) == (2, "input.out_exists")
    assert export(manager, "--out", str(tables)).exit_code == 0
    assert {each.stat().st_mode & 0o777 for each in tables.iterdir()} == {0o600}
    assert tables.stat().st_mode & 0o777 == 0o700
    assert (tables / "aiuti.csv").read_text("utf-8-sig").count("\n") == 2
    events = (tables / "registro-delle-modifiche.csv").read_text("utf-8-sig")
    assert events.count(";ugo;body.exported;all") == 2
    title, now = events.split(";")[0].removeprefix("\ufeff"), datetime.now(UTC)
    assert title == "quando (ora UTC)"
    written = datetime.strptime(events.splitlines()[-1].split(";")[0], "%d/%m/%Y %H:%M:%S").replace(tzinfo=UTC)
    assert abs(now - written) < timedelta(minutes=10)
    assert [each.name for each in folder.iterdir() if each.name.startswith(".")] == []


async def _hang_up(profile: Path, folder: Path) -> None:
    """Import a list, and end the call when the first rows were stored."""
    content = list_of(ROWS)
    (folder / "molti.csv").write_bytes(content)
    door = FilesDoor(load_profile(profile))

    def heard(done: int, total: int) -> None:
        assert total == ROWS
        raise WentHomeError(done)

    try:
        await door.login("olga", PASSWORD)
        with pytest.raises(WentHomeError):
            await door.import_file("molti.csv", content, ASKED, heard)
        await door.login("vera", PASSWORD)
        with pytest.raises(MagliaError, match=r"session\.role"):
            await door.import_file("molti.csv", content, ASKED, lambda *_: None)
    finally:
        await door.close()


class WentHomeError(Exception):
    """The one who imports goes home."""


@pytest.mark.usefixtures("password")
async def test_an_import_killed_in_the_middle_goes_on_from_there(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
    file = tmp_path / "molti.csv"
    file.write_bytes(list_of(2_500))
    command = [sys.executable, "-m", "node", "import", "--dir", str(site.folder), str(file), *MAPS, "--json"]
    before = await asyncio.to_thread(_kill, command, site)
    assert 1_000 <= before <= 2_500
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    document = json.loads(done.stdout)
    assert (document["added"], document["unchanged"], document["rejected"]) == (2_500 - before, before, 0)
    assert count(site) == 2_500


@pytest.mark.usefixtures("password")
async def test_a_node_killed_during_an_import_is_told_as_one(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        file = tmp_path / "molti.csv"
        file.write_bytes(list_of(20_000))
        command = [sys.executable, "-m", "node", "import", "--dir", str(site.folder), str(file), *MAPS, "--json"]
        ended = await asyncio.to_thread(_kill_node, command, site)
    document = json.loads(ended.stdout)
    assert (ended.returncode, document["code"]) == (3, "network.import")
    assert document["next_action"].endswith("riprende da dove era.")
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert json.loads(done.stdout)["unchanged"] >= 1_000
    assert count(site) == 20_000


def _kill_node(command: list[str], site: Site) -> subprocess.CompletedProcess[bytes]:
    """Kill the node once the first rows of an import through it are stored; return how the import ended."""
    serve = [sys.executable, "-m", "node", "serve", "--dir", str(site.folder)]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as node:
        try:
            _wait((site.folder / READY_FILE).is_file)
            with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
                _wait(lambda: count(site) >= 1_000)
                node.kill()
                out, _ = running.communicate(timeout=60)
        finally:
            node.kill()
    return subprocess.CompletedProcess(command, running.returncode, out)


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _kill(command: list[str], site: Site) -> int:
    """Kill the import once its first rows are stored; return how many are."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as killed:
        _wait(lambda: count(site) >= 1_000)
        killed.send_signal(signal.SIGKILL)
    return count(site)
