"""A registry put back from an older backup, brought forward by what a node or an officer's console has kept."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maglia.core.directory import decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Level
from maglia.core.findings.words import told_in_words
from maglia.core.vocabulary import MemberState
from maglia.v1.audit_pb2 import GetHeadRequest
from maglia.v1.audit_pb2_grpc import AuditServiceStub
from node.doctor.outside import directory_and_clock
from registry.__main__ import app
from registry.board import Health
from tests.integration.registry_world import PASSPHRASE, Body, World, copy_of, make_template, served
from tests.integration.registry_world import refused as registry_refused
from tests.integration.test_console_office import maglia, profile_of
from tests.support.officials import Person, appointment, sign

LATER = "onlus-tardi"


def recover(folder: Path, *copies: Path, more: tuple[str, ...] = ()) -> Result:
    named = [part for copy in copies for part in ("--from", str(copy))]
    arguments = ["recover", "--dir", str(folder), *named, *more, "--json"]
    return CliRunner().invoke(app, arguments, env={"MAGLIA_PASSPHRASE": PASSPHRASE})


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


async def states(world: World) -> dict[str, str]:
    return {record.id: record.state.value for record in world.parts.members.members()}


async def test_a_restored_registry_follows_what_was_signed_since(template: Path, tmp_path: Path) -> None:
    folder, backup = copy_of(template, tmp_path / "registry"), tmp_path / "backup"
    seen = tmp_path / "nodo" / "trust"
    async with served(folder) as world:
        await world.joined("onlus-ponte", "mensa-est", "croce-verde")
        waiting = Body("onlus-sala")
        await world.apply(waiting)
    copy_of(folder, backup)
    async with served(folder) as world:
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        await world.joined(LATER)
        await world.approve("onlus-sala")
        revoke = ("office", "revoke", "onlus-ponte", "--reason", "convenzione cessata")
        for who in (anna, ivo):
            assert (await maglia("--profile", who, *revoke))[0] == 0
        await (await world.office("anna")).suspend("croce-verde")
        trusted = await world.trusted(seen)
        newest = decode_directory(trusted.directory)
    async with served(backup) as world:
        with pytest.raises(MagliaError) as refused:
            await world.trusted(seen)
        assert refused.value.code is Code.DIRECTORY_ROLLBACK
        world.parts.board.heard("mensa-est", (), trusted.version)
        told = {line.member.id: line.health for line in world.parts.board.lines()}
        assert told["mensa-est"] is Health.REFUSES
        found, _ = await asyncio.to_thread(lambda: list(directory_and_clock(seen.parent, world.known)))
        assert found.level is Level.PROBLEM
        assert f"già vista la {trusted.version}: il nodo la rifiuta" in told_in_words(found.told, "it")
        assert found.repair == f"maglia-registry recover --dir REGISTRO --from {seen.parent}/trust"

    looked = json.loads(recover(backup, seen, more=("--check",)).stdout)
    assert (looked["done"], looked["version"]) == (False, newest.version)
    done = json.loads(recover(backup, seen).stdout)
    assert done["to_join"] == ["onlus-sala", LATER]
    assert done["members"] == looked["members"]

    async with served(backup) as world:
        again = await world.trusted(seen)
        assert again.version > trusted.version
        found, clock = await asyncio.to_thread(lambda: list(directory_and_clock(seen.parent, world.known)))
        assert (found.level, clock.level) == (Level.OK, Level.OK)
        assert again.directory == trusted.directory
        assert await states(world) == {
            "onlus-ponte": MemberState.REVOKED,
            "mensa-est": MemberState.ACTIVE,
            "croce-verde": MemberState.SUSPENDED,
            "onlus-sala": MemberState.APPROVED,
            LATER: MemberState.APPROVED,
        }
        await world.activate(waiting, await world.token("onlus-sala"))
        for user in ("anna", "ivo"):
            who = profile_of(world, tmp_path, user)
            status, signed = await maglia("--profile", who, "office", "change", "mensa-est", "--facets", "loan")
            assert status == 0, signed
            assert (await maglia("--profile", who, "office", "show", LATER))[0] == 0
        assert signed["published"]
        assert "croce-verde" not in {member.id for member in (await world.directory(seen)).active()}


async def test_nothing_is_brought_in_that_officers_did_not_sign(template: Path, tmp_path: Path) -> None:
    folder, backup, seen = copy_of(template, tmp_path / "registry"), tmp_path / "backup", tmp_path / "trust"
    async with served(folder) as world:
        await world.joined("onlus-ponte")
    copy_of(folder, backup)
    async with served(folder) as world:
        await world.joined("mensa-est")
        await world.trusted(seen)
    targets = seen / "metadata" / "targets.json"
    signed, file = targets.read_bytes(), seen / "targets" / "directory.json"
    for changed, code in (
        (signed.replace(b'"version":2}}', b'"version":9}}'), "directory.untrusted"),
        (b"{}", "input.file_content"),
    ):
        targets.write_bytes(changed)
        assert changed != signed
        assert json.loads(recover(backup, seen).stdout)["code"] == code
    targets.write_bytes(signed)
    file.write_bytes(file.read_bytes().replace(b"mensa-est", b"mensa-fin"))
    assert json.loads(recover(backup, seen).stdout)["code"] == "directory.mixed"
    assert json.loads(recover(backup, tmp_path / "nowhere").stdout)["code"] == "input.file"
    async with served(backup) as world:
        assert await states(world) == {"onlus-ponte": "active"}


async def test_whoever_was_stopped_stays_stopped_through_a_recovery(template: Path, tmp_path: Path) -> None:
    folder, backup, seen = copy_of(template, tmp_path / "registry"), tmp_path / "backup", tmp_path / "trust"
    people = {name: Person(name) for name in ("sara", "dario", "elena")}
    async with served(folder) as world:
        await sign(world, *map(appointment, people.values()))
        await (await world.office("anna")).suspend("sara")
    copy_of(folder, backup)
    async with served(folder) as world:
        await (await world.office("anna")).suspend("dario")
        await world.joined("mensa-est")
        await world.trusted(seen)
    assert json.loads(recover(backup, seen).stdout)["done"]
    async with served(backup) as world:
        assert set((await world.directory(tmp_path / "newcomer")).officials) == {"elena"}
        for name in ("sara", "dario"):
            with registry_refused(Code.MEMBER_NO_OFFICE):
                await AuditServiceStub(world.peer(people[name].tls)).GetHead(GetHeadRequest(), timeout=20)
