"""Online keys change while two replicas serve: the one without the new keystore signs nothing, until it is there."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maglia.core.errors import Code
from maglia.core.keystore import write_private
from maglia.core.vocabulary import MemberState
from registry.__main__ import app
from registry.root import RootChange
from registry.root_file import encode_root_file
from registry.secrets import Online
from tests.integration.node_world import until
from tests.integration.registry_world import PASSPHRASE, Body, World, refused, replica_of, served
from tests.integration.root_ceremony import ANNA, HOLDERS, IVO, make_template, prepare, publish, signed

KEYSTORE = "keystore.json"
EVERY_KEY = RootChange(rotate=frozenset(Online))
PONTE, EST = "onlus-ponte", "onlus-est"


def check(folder: Path, *file: Path) -> Result:
    """Run `root check` as the administrator of a replica."""
    return CliRunner().invoke(
        app, ["root", "check", "--dir", str(folder), *map(str, file), "--json"], env={"MAGLIA_PASSPHRASE": PASSPHRASE}
    )


def lacks(folder: Path, *file: Path) -> bool:
    ran = check(folder, *file)
    said = json.loads(ran.stdout)
    assert (ran.exit_code, said.get("code")) in {(0, None), (1, "directory.online_key")}, said
    assert ran.exit_code or set(said["keys"]) == {"snapshot", "suspensions", "witness"}
    return bool(ran.exit_code)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "registry.keywatch"]


async def state_of(world: World, member: str) -> MemberState:
    found = world.parts.members.member(member)
    assert found is not None
    return found.state


async def test_online_keys_rotate_while_two_replicas_serve(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAGLIA_REGISTRY_DATABASE_URL", postgres)
    caplog.set_level(logging.INFO)
    folder = make_template(tmp_path / "one")
    other, carried, client = replica_of(folder, tmp_path / "other"), tmp_path / "root-2.json", tmp_path / "client"
    async with served(folder) as one, served(other) as two:
        await one.joined(PONTE, EST)
        assert not lacks(other)
        file = prepare(folder, EVERY_KEY)
        write_private(carried, encode_root_file(file))
        assert [lacks(each, carried) for each in (folder, other)] == [False, True]

        early = replica_of(folder, tmp_path / "early")
        publish(folder, signed(file, *HOLDERS[:2], ANNA, IVO))
        await until(lambda: two.parts.keys.is_lacking)
        assert lacks(other)
        assert not one.parts.keys.is_lacking
        with refused(Code.DIRECTORY_ONLINE_KEY):
            await (await two.office("anna")).suspend(PONTE)
        assert await state_of(two, PONTE) is MemberState.ACTIVE
        await (await one.office("anna")).suspend(EST)
        assert await state_of(two, EST) is MemberState.SUSPENDED
        [line] = warnings(caplog)
        assert line.startswith("directory.online_key: no key")
        assert "Copiarvi keystore.json" in line
        trusted = (await two.trusted(client)).version

        (other / KEYSTORE).write_bytes((folder / KEYSTORE).read_bytes()[:100])  # a copy under way
        two.parts.keys.look()
        assert two.parts.keys.is_lacking
        shutil.copy(folder / KEYSTORE, other)
        await until(lambda: not two.parts.keys.is_lacking)
        assert not lacks(other)
        assert "signing again" in warnings(caplog)[-1]
        await (await two.office("anna")).suspend(PONTE)
        for world in (two, one):
            assert (await world.trusted(client)).version > trusted
            assert (await world.directory(client)).active() == []
        named = (await one.directory(client)).witness_key
        await one.apply(Body("onlus-nord"))
        await one.approve("onlus-nord")  # by a process that still cosigns under the former key
        assert (await one.directory(client)).witness_key == named
    async with served(early) as three:  # its keystore was copied before the publication, and nobody promoted it
        assert three.parts.witness.key.public == named
        three.parts.keys.look()
        assert not three.parts.keys.is_lacking
