"""`maglia-node` as a body runs it: documents, sentences, exit statuses, and what stays on disk."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.network_file import decode_network_file
from node.__main__ import app
from node.app import running
from node.folder import SystemClock, mark_moved, open_store
from node.importing.columns import REQUIRED
from node.kept_rules import KEPT
from node.keys import load_keys
from node.log.guard import FORK_FILE, NOTE_FILE
from node.policy import watched
from node.policy.child import OpaChild
from registry.__main__ import app as registry_app
from tests.clerk import fictional_code, person, record
from tests.integration.node_world import PATIENCE_S, free_port, joined
from tests.integration.registry_world import PASSPHRASE, PASSWORD, POLICIES, copy_of, make_template, served
from tests.opa_binary import required_opa

SECRETS = {"MAGLIA_PASSPHRASE": PASSPHRASE, "MAGLIA_PASSWORD": PASSWORD}


def run(*arguments: object, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments], env=SECRETS | environment)


def document(ran: Result) -> dict[str, Any]:
    """Return the one document on standard output."""
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def failure(ran: Result) -> tuple[int, str]:
    """Return status and code of a failure told as a document."""
    found = document(ran)
    assert found["schema"] == "maglia.error/1"
    assert found["message"]
    assert found["next_action"]
    return ran.exit_code, found["code"]


@pytest.fixture(scope="module")
def network_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that an office gives to a body."""
    folder = tmp_path_factory.mktemp("office")
    keys = [SigningKey.generate().public.hex() for _ in range(2)]
    officers = [part for index, key in enumerate(keys) for part in ("--officer", f"funz{index}={key}")]
    where = ("--peer", f"127.0.0.1:{free_port()}", "--front", f"127.0.0.1:{free_port()}")
    for command in (
        ("init", "--dir", str(folder / "registry"), "--network", "prova", *officers, *where),
        ("network-file", "--dir", str(folder / "registry"), "--out", str(folder / "rete.json")),
    ):
        made = CliRunner().invoke(registry_app, command, env=SECRETS)
        assert made.exit_code == 0, made.output
    return folder / "rete.json"


def init(folder: Path, network_file: Path, **changed: str) -> Result:
    """Run `init` with its options changed."""
    options = {"member": "mensa-est", "peer": f"127.0.0.1:{free_port()}", "front": f"127.0.0.1:{free_port()}"} | changed
    named = [part for name, value in options.items() for part in (f"--{name}", value)]
    return run("init", "--dir", folder, "--network-file", network_file, *named, "--json")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry's folder to start worlds from."""
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, network_file: Path) -> Path:
    """A node's folder after `init`."""
    folder = tmp_path_factory.mktemp("body") / "node"
    made = init(folder, network_file)
    assert made.exit_code == 0, made.output
    return folder


def test_first_day_and_operators_answer_in_json(node: Path, network_file: Path, tmp_path: Path) -> None:
    made = document(init(tmp_path / "node", network_file))
    known = decode_network_file(network_file.read_bytes())
    assert made == {"schema": "maglia.node-init/1", "network": "prova", "fingerprint": known.fingerprint}
    added = run("operator", "add", "--dir", node, "anna", "--role", "volunteer", "--json")
    assert document(added) == {"schema": "maglia.node-operator/1", "user": "anna", "role": "volunteer"}
    out = tmp_path / "anna.toml"
    wrote = document(run("profile", "--dir", node, "--user", "anna", "--out", out, "--json"))
    assert (wrote["schema"], wrote["file"]) == ("maglia.node-profile/1", str(out))
    assert Path(wrote["certificate"]).is_file()


@pytest.mark.parametrize(
    ("command", "ended"),
    [
        (("serve", "--dir", "nowhere"), (1, "storage.missing")),
        (("join", "--dir", "nowhere", "CODICE"), (1, "storage.missing")),
        (("profile", "--dir", "nowhere", "--user", "anna", "--out", "x.toml"), (1, "storage.missing")),
        (("operator", "add", "--dir", "nowhere", "anna", "--role", "volunteer"), (1, "storage.missing")),
    ],
)
def test_a_failure_is_one_document(command: tuple[str, ...], ended: tuple[int, str]) -> None:
    assert failure(run(*command, "--json")) == ended


@pytest.mark.parametrize(
    ("command", "about"),
    [
        (("init", "--json"), "--dir"),
        (("state", "--dir", "x", "--colour", "--json"), "--colour"),
        (("operator", "add", "--json", "--dir", "x", "--role", "manager"), "user"),
        (("dance", "--json"), ""),
    ],
)
def test_a_command_not_understood_is_a_document_too(command: tuple[str, ...], about: str) -> None:
    ran = run(*command)
    assert failure(ran) == (2, Code.INPUT_USAGE.value)
    assert about in document(ran)["message"]
    assert "--help" in document(ran)["next_action"]
    assert ran.stderr == ""


def test_the_registry_tells_it_alike(tmp_path: Path) -> None:
    ran = CliRunner().invoke(registry_app, ["serve", "--json"])
    assert failure(ran) == (2, Code.INPUT_USAGE.value)
    assert "--dir" in document(ran)["message"]
    missing = CliRunner().invoke(registry_app, ["serve", "--dir", str(tmp_path), "--json"])
    assert failure(missing) == (1, Code.STORAGE_MISSING.value)


async def test_rejected_rows_are_told_to_their_owner_alone(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
    file, older, scraps = (tmp_path / f"aiuti{end}.csv" for end in ("", ".scarti", ".scarti-2"))
    row = f"k1;{fictional_code(1)};food_parcel;15/03/2025;;dato;"
    broken = row.replace("food_parcel", '"food_parcel')
    file.write_text("\n".join((";".join(REQUIRED), broken, row)))
    older.write_text("an older one, in which somebody corrects rows")
    for added in (1, 0):
        ran = await asyncio.to_thread(run, "import", "--dir", site.folder, file, "--json")
        assert (ran.exit_code, document(ran)["added"], document(ran)["rejected"]) == (12, added, 1)
        assert document(ran)["rejects_file"] == str(scraps)
    assert older.read_text() == "an older one, in which somebody corrects rows"
    assert broken.replace('"', '""') in scraps.read_text("utf-8-sig")
    assert scraps.stat().st_mode & 0o777 == 0o600


def test_an_error_is_one_line_with_the_next_action(tmp_path: Path) -> None:
    ran = run("serve", "--dir", tmp_path)
    said = MagliaError(Code.STORAGE_MISSING, path="node.toml", command="maglia-node init").sentence("it")
    assert (ran.exit_code, ran.stderr) == (1, f"{said.message} {said.next_action}\n")


def test_a_short_password_says_how_long_it_must_be(node: Path) -> None:
    ran = run("operator", "add", "--dir", node, "ivo", "--role", "manager", MAGLIA_PASSWORD="corta")
    assert ran.exit_code == 2
    assert "almeno 10 caratteri" in ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"member": "Mensa Est"},
        {"peer": "x"},
        {"front": "127.0.0.1:99999"},
        {"peer": "10.0.0.5:1,10.0.0.6:1"},
    ],
)
def test_nothing_is_written_before_everything_is_right(
    tmp_path: Path, network_file: Path, wrong: dict[str, str]
) -> None:
    assert failure(init(tmp_path / "node", network_file, **wrong)) == (2, Code.INPUT_FIELD.value)
    assert not (tmp_path / "node").exists()
    assert failure(init(tmp_path / "node", tmp_path / "none.json")) == (2, Code.INPUT_FILE.value)
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("front", "127.0.0.1:99999"),
        ("peer", "x"),
        ("deadline_s", "-1"),
        ("checkpoint_s", "0"),
        ("session_idle_s", "nan"),
        ("card_s", "-5"),
        ("answers_a_day", "-1"),
    ],
)
def test_a_setting_out_of_its_range_keeps_the_node_from_starting(node: Path, name: str, value: str) -> None:
    ran = run("serve", "--dir", node, **{f"MAGLIA_NODE_{name.upper()}": value})
    assert ran.exit_code == 2
    assert f"«{name}»" in ran.stderr


@pytest.mark.parametrize("door", ["peer", "front"])
async def test_a_busy_port_has_its_own_sentence_and_no_line_of_the_library(
    template: Path, tmp_path: Path, door: str
) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "node", "serve", "--dir", str(site.folder)),
                env=os.environ | SECRETS | {f"MAGLIA_NODE_{door.upper()}": address, "MAGLIA_NODE_ENGINE": "embedded"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            _, told = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    said = MagliaError(Code.NETWORK_PORT_BUSY, address=address, field=door, source="node.toml").sentence("it")
    lines = told.decode().splitlines()
    assert (process.returncode, lines[-1]) == (1, f"{said.message} {said.next_action}")
    assert "add_port" not in told.decode()
    assert "bind" not in told.decode()


def checked(ran: Result) -> dict[str, tuple[str, str]]:
    """Return what the doctor found by part: result and repair."""
    assert document(ran)["schema"] == "maglia.node-doctor/1"
    return {one["name"]: (one["result"], one["repair"]) for one in document(ran)["checks"]}


async def test_the_doctor_tells_a_serving_node_from_a_stopped_one(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        ask = ("doctor", "--dir", site.folder, "--json")
        stopped = checked(await asyncio.to_thread(run, *ask))
        async with site.serving():
            serving = await asyncio.to_thread(run, *ask)
        (site.folder / KEPT).write_bytes(b"edited by hand")
        edited = await asyncio.to_thread(run, *ask)
    name, repair = "Regole su disco", f"maglia-node serve --dir {site.folder}"
    assert (checked(edited)[name], name in checked(serving)) == (("problem", repair), False)
    assert "trust/targets/policies.tar.gz: non è quanto due funzionari hanno firmato" in edited.stdout
    assert stopped["Servizio"] == ("warning", f"maglia-node serve --dir {site.folder}")
    assert stopped["Archivio"] == ("ok", "")
    assert stopped["Elenco degli enti"][0] == "warning"
    found = checked(serving)
    assert (serving.exit_code, document(serving)["healthy"]) == (0, True)
    for part in (
        *("Servizio", "Regole", "Registro accessi", "Certificato", "Ora del computer", "Prova di rete"),
        *("Ufficio", "Elenco degli enti"),
    ):
        assert found[part] == ("ok", ""), serving.stdout


async def test_the_doctor_names_an_engine_that_is_down(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    required_opa()
    monkeypatch.setattr(watched, "LOOK_S", 0.2)
    async with served(copy_of(template, tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        settings = site.settings().model_copy(update={"engine": "opa"})
        async with running(site.folder, settings, world.known, PASSPHRASE):
            monkeypatch.setattr(OpaChild, "_command", lambda _self, _port: ["false"])  # none can be started any more
            for pid in _engines_of(site.folder):
                os.kill(pid, signal.SIGKILL)
            await _until_the_doctor_says(site.folder, "problem")
            monkeypatch.undo()
            await _until_the_doctor_says(site.folder, "ok")


async def _until_the_doctor_says(folder: Path, result: str) -> None:
    """Ask the doctor until the rules are so."""
    async with asyncio.timeout(PATIENCE_S):
        found = ""
        while found != result:
            told = await asyncio.to_thread(run, "doctor", "--dir", folder, "--json")
            found, repair = checked(told)["Regole"]
            assert repair == (f"maglia-node serve --dir {folder}" if found == "problem" else "")


def _engines_of(folder: Path) -> list[int]:
    """Return the OPA servers that this process runs for a node."""
    children = [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
    return [pid for pid in children if str(folder) in Path(f"/proc/{pid}/cmdline").read_text()]


def test_the_doctor_reads_the_whole_log(node: Path) -> None:
    keys = load_keys(node, PASSPHRASE)
    store, backend = open_store(node, keys, SystemClock())
    log = Log(backend, "maglia/prova/mensa-est", keys.log.private)
    for content in (b"one", b"two"):
        log.append(content).result(PATIENCE_S)
    kept = log.checkpoint()
    log.close()
    store.close()
    name = "Registro accessi"
    assert checked(run("doctor", "--dir", node, "--json"))[name] == ("ok", "")
    (node / FORK_FILE).write_text("{}")
    assert checked(run("doctor", "--dir", node, "--json"))[name][0] == "problem"
    (node / FORK_FILE).unlink()
    (node / NOTE_FILE).write_bytes(kept.replace(b"\n2\n", b"\n3\n"))
    assert checked(run("doctor", "--dir", node, "--json"))[name][0] == "problem"
    (node / NOTE_FILE).write_bytes(kept)
    assert checked(run("doctor", "--dir", node, "--json"))[name] == ("ok", "")
    with closing(sqlite3.connect(node / "node.db")) as raw:
        for trigger in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{trigger[0]}"')
        assert raw.execute("UPDATE log_entry SET leaf = ? WHERE idx = 1", (b"altered",)).rowcount == 1
        raw.commit()
    ran = run("doctor", "--dir", node)
    assert ran.exit_code == 1
    assert f"PROBLEMA {name}    alterato alla voce 1: fermare il nodo" in ran.stdout


def test_the_doctor_of_a_folder_that_was_left_says_only_that(node: Path, tmp_path: Path) -> None:
    left = tmp_path / "left"
    shutil.copytree(node, left)
    mark_moved(left, date(2026, 11, 20))
    ran = run("doctor", "--dir", left, "--json")
    [(result, repair)] = checked(ran).values()
    assert (ran.exit_code, result) == (1, "problem")
    assert repair == "maglia-node restore --help"
    assert "Usare il nodo nella nuova sede" in document(ran)["checks"][0]["found"]
    assert "trasferito altrove il 20/11/2026" in " ".join(run("doctor", "--dir", left).output.split())


def test_the_doctor_counts_the_codes_that_do_not_open(node: Path) -> None:
    store, _ = open_store(node, load_keys(node, PASSPHRASE), SystemClock())
    for number in range(3):
        store.add_record(record(person(number)), "anna")
    store.close()
    assert checked(run("doctor", "--dir", node, "--json"))["Codici"] == ("ok", "")
    with closing(sqlite3.connect(node / "node.db")) as raw:
        raw.execute("UPDATE person SET code = zeroblob(40) WHERE id = 2")
        raw.commit()
    ran = run("doctor", "--dir", node)
    told = " ".join(ran.stdout.split())
    assert ran.exit_code == 1
    assert "PROBLEMA Codici I codici di 1 / 3 fra persone e forniture non si leggono" in told
    assert "importare di nuovo" in told


def test_the_doctor_says_for_how_long_the_node_was_off(node: Path) -> None:
    assert checked(run("doctor", "--dir", node, "--json"))["Presenza"] == ("ok", "")
    store, _ = open_store(node, load_keys(node, PASSPHRASE), SystemClock())
    today = datetime.now(UTC).date()
    for back in (20, 19, 2):
        store.add_minute(today - timedelta(back))
    store.close()
    rules = node / KEPT
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_bytes(build_bundle(POLICIES)[0])
    assert checked(run("doctor", "--dir", node, "--json"))["Presenza"][0] == "warning"
    told = " ".join(run("doctor", "--dir", node).stdout.split())
    until = f"{today - timedelta(3):%d/%m/%Y}"
    assert f"Presenza giorni di servizio: 3 su 21; spento al massimo 16 di fila, fino al {until}" in told
    assert "chiedere all'ufficio di essere ospitati" in told


def test_the_doctor_fails_for_a_problem_and_names_the_remedy(node: Path) -> None:
    away = run("doctor", "--dir", node)
    assert away.exit_code == 1
    assert "PROBLEMA Ufficio             non risponde: controllare" in away.stdout
    assert f"-> maglia-node state --dir {node}" in away.stdout.replace("\\\n", "").replace("  ", "")
    closed = run("doctor", "--dir", node, "--json", MAGLIA_PASSPHRASE="un'altra")
    assert closed.exit_code == 1
    assert checked(closed)["Chiavi"][0] == "problem"
