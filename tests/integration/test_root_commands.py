"""`maglia-registry root` as its people run it: holders on their own machines, the office on the registry's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maglia.core.identity import SigningKey
from maglia.core.keystore import save_keystore
from registry.__main__ import app

HOLDERS = ("marta", "piero", "rosa")
NEAR = "127.0.0.1:1"


def _run(*arguments: object, who: str = "registry") -> Result:
    """Run a command under the passphrase of whoever runs it."""
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"MAGLIA_PASSPHRASE": f"frase di {who}"})


def _said(ran: Result) -> dict[str, object]:
    assert ran.exit_code == 0, ran.output
    document: dict[str, object] = json.loads(ran.stdout)
    return document


def _error(ran: Result) -> tuple[int, str]:
    document = json.loads(ran.stdout)
    assert document["next_action"]
    return ran.exit_code, document["code"]


@pytest.fixture
def holders(tmp_path: Path) -> list[str]:
    """Return the holders' public keys; each file opens with the holder's own passphrase."""
    made = [_run("root", "init", "--out", tmp_path / f"{who}.json", "--json", who=who) for who in HOLDERS]
    return [str(_said(one)["key"]) for one in made]


@pytest.fixture
def officers(tmp_path: Path) -> list[str]:
    """Return officers as `init` wants them; their keys are files of their own too."""
    keys = {user: SigningKey.generate() for user in ("anna", "ivo", "elsa")}
    for user, key in keys.items():
        save_keystore(tmp_path / f"{user}.json", {"officer": key.seed}, f"frase di {user}")
    return [f"{user}={key.public.hex()}" for user, key in keys.items()]


def _init(tmp_path: Path, holders: list[str], officers: list[str]) -> Path:
    named = [part for key in holders for part in ("--root-key", key)]
    named += [part for one in officers[:2] for part in ("--officer", one)]
    where = ("--network", "prova", "--peer", NEAR, "--front", "127.0.0.1:2")
    made = _run("init", "--dir", tmp_path / "registry", *where, *named, "--json")
    return Path(str(_said(made)["root"]))


def _sign(path: Path, key: Path) -> Result:
    return _run("root", "sign", path, "--key", key, "--json", who=key.stem)


def test_a_holders_key_wants_a_long_passphrase_and_a_folder_that_is_there(tmp_path: Path) -> None:
    where = tmp_path / "custode.json"
    made = CliRunner().invoke(app, ["root", "init", "--out", str(where), "--json"], env={"MAGLIA_PASSPHRASE": "a"})
    assert _error(made) == (2, "input.passphrase")
    assert _error(_run("root", "init", "--out", tmp_path / "altrove" / "custode.json", "--json"))[1] == "input.file"
    assert list(tmp_path.iterdir()) == []


def test_from_the_first_root_to_another_officer(tmp_path: Path, holders: list[str], officers: list[str]) -> None:
    registry, first = tmp_path / "registry", _init(tmp_path, holders, officers)
    assert not (registry / "offline").exists()
    assert _error(_run("root", "publish", first, "--dir", registry, "--json")) == (1, "directory.root_signatures")
    assert _error(_run("network-file", "--dir", registry, "--out", tmp_path / "rete", "--json"))[1] == "storage.missing"
    for who in HOLDERS[:2]:
        signed = _said(_sign(first, tmp_path / f"{who}.json"))
    assert signed["signatures"] == [{"whose": "new", "signed": 2, "threshold": 2}]
    assert _said(_run("root", "publish", first, "--dir", registry, "--json"))["version"] == 1

    second = tmp_path / "second.json"
    wanted = ("--officer", officers[2], "--remove-officer", "ivo", "--rotate", "snapshot")
    prepared = _said(_run("root", "prepare", "--dir", registry, "--out", second, *wanted, "--json"))
    assert (prepared["version"], set(prepared["officers"])) == (2, {"anna", "elsa"})  # type: ignore[call-overload]
    shown = _run("root", "show", second).stdout
    assert "non più" in shown
    assert "snapshot e timestamp: nuova" in shown
    assert "custodi attuali 0 di 2" in shown
    for who in HOLDERS[1:]:
        _said(_sign(second, tmp_path / f"{who}.json"))
    published = _run("root", "publish", second, "--dir", registry)
    assert "Radice 2 in vigore" in published.stdout
    assert _error(_run("root", "publish", second, "--dir", registry, "--json")) == (1, "directory.root_version")


def test_what_is_refused(tmp_path: Path, holders: list[str], officers: list[str]) -> None:
    first = _init(tmp_path, holders, officers)
    assert _error(_sign(first, tmp_path / "elsa.json")) == (1, "directory.root_keys")
    opened = _run("root", "sign", first, "--key", tmp_path / "marta.json", "--json", who="piero")
    assert _error(opened) == (1, "storage.keystore")
    again = _run("root", "init", "--out", tmp_path / "marta.json", "--json", who="marta")
    assert _error(again) == (1, "storage.exists")
    unattended = CliRunner().invoke(app, ["root", "init", "--out", str(tmp_path / "y"), "--json"])
    assert json.loads(unattended.stdout)["code"] == "session.unattended"
    early = ("root", "prepare", "--dir", tmp_path / "registry", "--out", tmp_path / "x", "--json")
    assert _error(_run(*early)) == (1, "directory.not_there")
    assert _error(_run(*early, "--rotate", "peer")) == (2, "input.field")
    assert _error(_run("root", "show", tmp_path / "nowhere", "--json")) == (1, "storage.missing")
    (tmp_path / "nonsense").write_text("{}")
    assert _error(_run("root", "show", tmp_path / "nonsense", "--json")) == (2, "input.file_content")


def test_keys_made_by_init_come_with_a_warning(tmp_path: Path, officers: list[str]) -> None:
    named = [part for one in officers for part in ("--officer", one)]
    made = _run("init", "--dir", tmp_path / "r", "--network", "prova", "--peer", NEAR, "--front", NEAR, *named)
    assert "ATTENZIONE" in made.stdout
    assert len(list((tmp_path / "r" / "offline").iterdir())) == 3
