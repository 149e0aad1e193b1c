"""`maglia-registry` as the office runs it: real processes, their files, sentences and exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maglia.core.identity import SigningKey
from maglia.core.network_file import decode_network_file
from registry.__main__ import app

PASSPHRASE = "una frase di prova"
PASSWORD = "una password di prova"


def _run(*arguments: object, **environment: str) -> Result:
    """Run a command in this process: only serving needs one of its own."""
    secrets = {"MAGLIA_PASSPHRASE": PASSPHRASE, "MAGLIA_PASSWORD": PASSWORD}
    return CliRunner().invoke(app, [str(one) for one in arguments], env=secrets | environment)


def _init(folder: Path, *more: str, officers: int = 2) -> Result:
    keys = [SigningKey.generate().public.hex() for _ in range(officers)]
    named = [part for index, key in enumerate(keys) for part in ("--officer", f"funz{index}={key}")]
    where = ("--peer", f"127.0.0.1:{_free_port()}", "--front", f"127.0.0.1:{_free_port()}")
    return _run("init", "--dir", folder, "--network", "prova", *named, *where, *more)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "registry"
    made = _init(folder)
    assert made.exit_code == 0, made.output
    return folder


@contextmanager
def _serving(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "registry", "serve", "--dir", str(folder)]
    environment = os.environ | {"MAGLIA_PASSPHRASE": PASSPHRASE}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            while _ready(folder).get("pid") != process.pid:
                assert process.poll() is None, "the registry ended"
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def _ready(folder: Path) -> dict[str, object]:
    try:
        ready: dict[str, object] = json.loads((folder / "ready.json").read_bytes())
    except FileNotFoundError:
        return {}
    return ready


def _error(ran: Result) -> tuple[int, str]:
    document = json.loads(ran.stdout)
    assert document["schema"] == "maglia.error/1"
    assert document["message"]
    assert document["next_action"]
    return ran.exit_code, document["code"]


def test_keys_are_private_and_root_keys_stand_apart(folder: Path) -> None:
    secrets = [folder / "keystore.json", *(folder / "offline").iterdir()]
    assert len(secrets) == 4
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    assert (folder / "registry.db").stat().st_mode & 0o777 == 0o600


def test_the_network_file_and_its_fingerprint(folder: Path, tmp_path: Path) -> None:
    ran = _run("network-file", "--dir", folder, "--out", tmp_path / "rete.json", "--json")
    file = decode_network_file((tmp_path / "rete.json").read_bytes())
    assert json.loads(ran.stdout)["fingerprint"] == file.fingerprint
    assert file.network == "prova"
    assert len(file.fingerprint) == 29


def test_people_get_a_password(folder: Path) -> None:
    assert _run("officer", "add", "funz0", "--name", "Anna Neri", "--dir", folder).exit_code == 0
    assert _run("auditor", "add", "sara", "--name", "Sara Verdi", "--dir", folder).exit_code == 0
    assert _run("auditor", "add", "sara", "--name", "Sara Verdi", "--dir", folder).exit_code == 0, "a password was lost"
    stranger = _run("officer", "add", "nessuno", "--name", "Nessuno", "--dir", folder, "--json")
    assert _error(stranger) == (2, "input.field")
    short = _run("auditor", "add", "ugo", "--name", "Ugo", "--dir", folder, "--json", MAGLIA_PASSWORD="breve")
    assert _error(short) == (2, "input.password")
    both = _run("auditor", "add", "funz1", "--name", "Ivo", "--dir", folder, "--json")
    assert _error(both) == (2, "input.field")


def test_init_refuses_what_would_leave_one_officer_alone(folder: Path, tmp_path: Path) -> None:
    assert _error(_init(folder, "--json")) == (1, "storage.exists")
    assert _error(_init(tmp_path / "uno", "--json", officers=1)) == (2, "input.field")
    assert _error(_init(tmp_path / "soglia", "--json", "--threshold", "1")) == (2, "input.field")
    key = SigningKey.generate().public.hex()
    twice = ("--officer", f"a={key}", "--officer", f"b={key}", "--peer", "h:1", "--front", "h:2", "--json")
    assert _error(_run("init", "--dir", tmp_path / "due", "--network", "prova", *twice)) == (2, "input.field")
    assert not any(tmp_path.iterdir())


def test_it_serves_alone_survives_a_kill_and_stops_when_told(folder: Path) -> None:
    with _serving(folder) as process:
        assert _error(_run("serve", "--dir", folder, "--json")) == (1, "storage.locked")
        process.kill()
    assert _ready(folder)
    with _serving(folder) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not _ready(folder)


def test_settings_are_strict(folder: Path, tmp_path: Path) -> None:
    assert _error(_run("serve", "--dir", tmp_path, "--json")) == (1, "storage.missing")
    unknown = _run("serve", "--dir", folder, "--json", MAGLIA_REGISTRY_TIMESTAMPS="1")
    assert _error(unknown) == (2, "input.setting")
    wrong = _run("serve", "--dir", folder, "--json", MAGLIA_REGISTRY_TIMESTAMP_S="-1")
    assert _error(wrong) == (2, "input.setting_value")
    closed = _run("serve", "--dir", folder, "--json", MAGLIA_PASSPHRASE="un'altra")
    assert _error(closed) == (1, "storage.keystore")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert _error(_run("serve", "--dir", folder, "--json", "--peer", address)) == (1, "network.port_busy")
    settings = folder / "registry.toml"
    before = settings.read_text()
    settings.write_text(before + "colour = 1\n")
    try:
        assert _error(_run("serve", "--dir", folder, "--json")) == (2, "input.setting")
    finally:
        settings.write_text(before)


def test_help_does_not_load_the_server() -> None:
    code = (
        "import sys, registry.__main__\n"
        "heavy = {'grpc', 'sqlalchemy', 'tuf', 'cryptography', 'pydantic'} & set(sys.modules)\n"
        "print(*sorted(heavy))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == ""
