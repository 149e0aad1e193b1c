"""A body's node moved to another place: nothing is lost, nobody is confused, and the old place never serves again."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from maglia.core import keystore
from maglia.core.errors import Code, MagliaError
from maglia.core.network_file import encode_network_file
from maglia.core.vocabulary import NetworkRole
from node.__main__ import app
from node.commands.moving import STREAM, written
from node.config import SETTINGS_FILE, load_settings
from node.folder import SystemClock, locked, open_store
from node.hosting.packing import CONTENTS, Contents, count_rows, unpack
from node.hosting.sealed import Opener, read_header, sealing
from node.keys import load_keys
from node.log.guard import FORK_FILE, NOTE_FILE
from registry.config import load_settings as registry_settings
from registry.setup import network_file as network_file_of
from tests.clerk import fictional_code
from tests.integration.node_world import Site, free_port, joined, until
from tests.integration.registry_world import PASSPHRASE, World, copy_of, make_template, served
from tests.integration.test_console_audit import Network
from tests.integration.test_epoch_rotation import counter
from tests.support.commands import run as process
from tests.support.officials import sign

ARCHIVE = {"MAGLIA_ARCHIVE_PASSPHRASE": "una frase per il viaggio"}
NEW = {"MAGLIA_PASSPHRASE": "una frase della nuova sede"}
EST, PONTE = "onlus-est", "onlus-ponte"
CODE = fictional_code(1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("moving") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


@pytest.fixture(scope="module")
def network_file(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("office") / "rete.json"
    known = network_file_of(template, registry_settings(template), PASSPHRASE)
    file.write_bytes(encode_network_file(known))
    return file


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive keys from passphrases at little cost, where no other process opens what is sealed under them."""
    monkeypatch.setattr(keystore, "_SCRYPT_N", 2**8)


def run(*arguments: object, **environment: str) -> Result:
    given = {"MAGLIA_PASSPHRASE": PASSPHRASE} | ARCHIVE | environment
    return CliRunner().invoke(app, [str(one) for one in arguments], env=given)


def done(*arguments: object, **environment: str) -> dict[str, Any]:
    ran = run(*arguments, "--json", **environment)
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def failed(*arguments: object, **environment: str) -> tuple[int, str]:
    ran = run(*arguments, "--json", **environment)
    return ran.exit_code, json.loads(ran.stdout)["code"]


def places() -> tuple[str, str, str, str]:
    return "--peer", f"127.0.0.1:{free_port()}", "--front", f"127.0.0.1:{free_port()}"


class Moved(Site):
    """The node at its new place, whose keystore opens with another passphrase."""

    @property
    def keys(self) -> Any:
        return load_keys(self.folder, NEW["MAGLIA_PASSPHRASE"])


@pytest.mark.parametrize("twin", [False, pytest.param(True, marks=pytest.mark.long)])
async def test_a_body_moves_with_every_record_and_entry_and_the_auditor_sees_one_log(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, twin: bool
) -> None:
    est, ponte = sites = await joined(world, tmp_path, EST, PONTE)
    audit = Network(world, sites, tmp_path, {})
    await sign(world, audit.profile("sara", NetworkRole.AUDITOR)[1])
    old, new, archive = est.folder, tmp_path / "nuova", tmp_path / "est.maglia-node"
    async with AsyncExitStack() as stack:
        asking = await stack.enter_async_context(counter(ponte))
        async with counter(est) as helping:
            await helping.help(CODE)
            await asking.consent(CODE)
            assert len((await asking.check()).findings) == 1
            status, read = await audit.maglia("sara", "pull")
            assert (status, read["members_read"]) == (0, 2)
            assert failed("backup", "--dir", old, "--out", archive, "--move") == (1, "storage.locked")
            assert not archive.exists()
        before = count_rows(old / "node.db")
        left = done("backup", "--dir", old, "--out", archive, "--move")
        assert (left["moved"], left["rows"]) == (True, before)
        assert left["log_size"] > 2
        assert archive.stat().st_mode & 0o777 == 0o600
        await _never_serves_again(old, archive)
        again = done("backup", "--dir", old, "--out", tmp_path / "again", "--move")
        assert {**again, "file": "", "made": ""} == {**left, "file": "", "made": ""}

        arrived = done("restore", archive, "--dir", new, *places(), **NEW)
        assert {name: arrived[name] for name in ("rows", "log_size", "log_root")} == {
            name: left[name] for name in ("rows", "log_size", "log_root")
        }
        assert count_rows(new / "node.db") == before
        with pytest.raises(MagliaError):
            load_keys(new, PASSPHRASE)

        moved = Moved(new, EST, world)
        monkeypatch.setattr("tests.integration.node_world.PASSPHRASE", NEW["MAGLIA_PASSPHRASE"])
        former = world.parts.members.card(EST)
        helping = await stack.enter_async_context(counter(moved))
        assert moved.published().endpoint == moved.settings().peer != load_settings(old).peer
        assert former is not None

        found = await asking.check()
        while not found.complete:  # until the news of the card has come
            found = await asking.check()
        assert len(found.findings) == 1
        assert (await helping.check()).complete
        await until(lambda: count_rows(new / "node.db")["log_entry"] > left["log_size"])
        status, read = await audit.maglia("sara", "pull")
        assert (status, read["members_read"]) == (0, 2)
        status, verified = await audit.maglia("sara", "verify")
        assert (status, {log["verdict"] for log in verified["logs"]}) == (0, {"intact"})

        if twin:
            await _a_twin_is_found_out(world, tmp_path / "gemello", archive)


async def _never_serves_again(old: Path, archive: Path) -> None:
    assert not any(path.name.startswith(".") for folder in (old, old.parent.parent) for path in folder.iterdir())
    for command in (("serve",), ("join", "CODICE")):
        given = {"MAGLIA_PASSPHRASE": PASSPHRASE, "PATH": os.environ["PATH"]}
        ran = await asyncio.to_thread(process, "node", *command, "--dir", str(old), "--json", environment=given)
        assert (ran.status, json.loads(ran.out)["code"]) == (1, "storage.moved")
    assert failed("backup", "--dir", old, "--out", archive) == (1, "storage.exists")


async def _a_twin_is_found_out(world: World, folder: Path, archive: Path) -> None:
    """The same archive once more, elsewhere: the witness knows how the log went on."""
    done("restore", archive, "--dir", folder, *places(), **NEW)
    async with Moved(folder, EST, world).serving(checkpoint_s=0.2):
        await until((folder / FORK_FILE).exists)


@pytest.mark.usefixtures("quick_keys")
def test_a_copy_leaves_the_months_keys_and_the_machines_settings_behind(network_file: Path, tmp_path: Path) -> None:
    node, copy, archive = tmp_path / "node", tmp_path / "copy", tmp_path / "node.maglia-node"
    named = ("--network-file", network_file, "--member", EST)
    assert run("init", "--dir", node, *named, *places()).exit_code == 0
    added = run("operator", "add", "--dir", node, "anna", "--role", "manager", MAGLIA_PASSWORD="x" * 12)
    assert added.exit_code == 0
    (node / SETTINGS_FILE).open("a").write(
        'log_months = 36\nvia = "relay.json"\nopa_address = "127.0.0.1:1"\nday = 2026-01-02\n'
    )
    for name in ("log-keys/2026-01.key", "trust/metadata/2.root.json", "log-archive/000001.maglia-log", "opa/opa.log"):
        (node / name).parent.mkdir(parents=True, exist_ok=True)
        (node / name).write_text("x")
    (node / "trust/metadata/root.json").symlink_to("2.root.json")
    (node / "ready.json").write_text("{}")
    assert done("backup", "--dir", node, "--out", archive)["moved"] is False
    restored = done("restore", archive, "--dir", copy, *places(), **NEW)
    assert restored["left"] == ["opa_address", "via"]
    found = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert found == {
        "node.db",
        "keystore.json",
        "network.json",
        "node.toml",
        "trust/metadata/2.root.json",
        "trust/metadata/root.json",
        "log-archive/000001.maglia-log",
    }
    settings = load_settings(copy)
    assert (settings.log_months, str(settings.day), settings.opa_address) == (36, "2026-01-02", None)
    assert load_keys(copy, NEW["MAGLIA_PASSPHRASE"]).log.seed == load_keys(node, PASSPHRASE).log.seed
    moved = tmp_path / "moved.maglia-node"
    done("backup", "--dir", node, "--out", moved, "--move")
    done("restore", moved, "--dir", tmp_path / "moved", *places(), **NEW)
    assert (tmp_path / "moved/log-keys/2026-01.key").is_file()
    assert run("operator", "add", "--dir", node, "anna", "--role", "volunteer", MAGLIA_PASSWORD="x" * 12).exit_code == 1


@pytest.mark.usefixtures("quick_keys")
def test_what_is_no_archive_leaves_nothing_behind(network_file: Path, tmp_path: Path) -> None:
    node, archive, new = tmp_path / "node", tmp_path / "node.maglia-node", tmp_path / "new"
    named = ("--network-file", network_file, "--member", EST)
    assert run("init", "--dir", node, *named, *places()).exit_code == 0
    done("backup", "--dir", node, "--out", archive)
    wrong = {"MAGLIA_ARCHIVE_PASSPHRASE": "un'altra frase segreta"}
    assert failed("restore", archive, "--dir", new, *places(), **(NEW | wrong)) == (1, "storage.archive")
    assert failed("restore", archive, "--dir", node, *places(), **NEW) == (1, "storage.exists")
    assert failed("restore", tmp_path / "none", "--dir", new, *places(), **NEW) == (2, "input.file")
    assert failed("restore", node / SETTINGS_FILE, "--dir", new, *places(), **NEW) == (1, "storage.archive")
    assert failed("restore", archive, "--dir", new, "--peer", "x", "--front", "y", **NEW) == (2, "input.field")
    assert failed("backup", "--dir", node, "--out", tmp_path / "x", MAGLIA_ARCHIVE_PASSPHRASE="corta")[0] == 2
    (node / "link").symlink_to("/etc/hostname")
    assert failed("backup", "--dir", node, "--out", tmp_path / "x") == (1, "storage.folder")
    assert list(new.iterdir()) == []
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("quick_keys")
def test_a_row_that_did_not_arrive_is_missed(
    network_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, archive, new = tmp_path / "node", tmp_path / "node.maglia-node", tmp_path / "new"
    assert run("init", "--dir", node, "--network-file", network_file, "--member", EST, *places()).exit_code == 0
    open_store(node, load_keys(node, PASSPHRASE), SystemClock())[0].close()
    done("backup", "--dir", node, "--out", archive)
    with monkeypatch.context() as patch:
        patch.setattr("node.hosting.moving.count_rows", lambda database: {**count_rows(database), "operator": 7})
        assert failed("restore", archive, "--dir", new, *places(), **NEW) == (1, "storage.archive")
    assert list(new.iterdir()) == []
    done("restore", archive, "--dir", new, *places(), **NEW)


@pytest.mark.usefixtures("quick_keys")
def test_a_move_cut_short_leaves_a_node_or_an_archive_never_neither(
    network_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, archive, new = tmp_path / "node", tmp_path / "node.maglia-node", tmp_path / "new"
    assert run("init", "--dir", node, "--network-file", network_file, "--member", EST, *places()).exit_code == 0
    move = "backup", "--dir", node, "--out", archive, "--move"

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    for place in ("node.hosting.moving.mark_moved", "node.hosting.sealed.Sealer.finish"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            assert failed(*move) == (1, "storage.folder")
        assert not archive.exists()
        with locked(node):
            pass  # it still serves
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        assert failed(*move) == (1, "storage.folder")
    assert not archive.exists()
    with pytest.raises(MagliaError), locked(node):
        pass  # neither here nor there: the same command again
    done(*move)
    with monkeypatch.context() as patch:
        patch.setattr("node.hosting.moving.save_keys", full)
        assert failed("restore", archive, "--dir", new, *places(), **NEW) == (1, "storage.folder")
    assert list(new.iterdir()) == []
    done("restore", archive, "--dir", new, *places(), **NEW)


@pytest.mark.usefixtures("quick_keys")
def test_a_copy_holds_no_note_of_entries_that_came_after_it(
    network_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, archive, new = tmp_path / "node", tmp_path / "node.maglia-node", tmp_path / "new"
    assert run("init", "--dir", node, "--network-file", network_file, "--member", EST, *places()).exit_code == 0
    open_store(node, load_keys(node, PASSPHRASE), SystemClock())[0].close()

    def cosigned_meanwhile(database: Path) -> dict[str, int]:
        (node / NOTE_FILE).write_bytes(b"of a log that has grown since")
        return count_rows(database)

    with monkeypatch.context() as patch:
        patch.setattr("node.hosting.moving.count_rows", cosigned_meanwhile)
        done("backup", "--dir", node, "--out", archive)
    done("restore", archive, "--dir", new, *places(), **NEW)
    assert not (new / NOTE_FILE).exists()


def test_a_reader_that_went_away_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(MagliaError) as told, written(STREAM):
        raise BrokenPipeError
    assert told.value.code is Code.STORAGE_FOLDER


@pytest.mark.usefixtures("quick_keys")
def test_a_folder_that_was_left_is_not_copied(network_file: Path, tmp_path: Path) -> None:
    node = tmp_path / "node"
    assert run("init", "--dir", node, "--network-file", network_file, "--member", EST, *places()).exit_code == 0
    done("backup", "--dir", node, "--out", tmp_path / "moved", "--move")
    assert failed("backup", "--dir", node, "--out", tmp_path / "copy") == (1, "storage.moved")
    assert not (tmp_path / "copy").exists()


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/../../out", "a/.hidden", ".hidden", "a/b/c/d/e", "a b", ""])
def test_a_file_of_an_archive_stays_inside_its_folder(name: str, tmp_path: Path) -> None:
    sealed = io.BytesIO()
    with sealing(sealed, EST, "prova", "una frase per il viaggio") as out, tarfile.open(fileobj=out, mode="w|") as tar:  # type: ignore[call-overload]
        for entry, content in (
            (CONTENTS, json.dumps(asdict(Contents(EST, "prova", "", False, 0, "", {})))),
            (name, "x"),
        ):
            info = tarfile.TarInfo(entry)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content.encode()))
    source = io.BytesIO(sealed.getvalue())
    opener = Opener(source, read_header(source), "una frase per il viaggio")
    with pytest.raises(MagliaError) as failure:
        unpack(tmp_path, opener)
    assert failure.value.code is Code.STORAGE_ARCHIVE
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
