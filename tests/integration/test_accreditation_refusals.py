"""What the list of attacks in docs/security/accreditation-refusals.md still lacked: each refused with its own code."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from maglia.core.directory import DIRECTORY_PATH, decode_directory
from maglia.core.errors import Code, MagliaError
from maglia.v1 import office_pb2
from registry import metadata
from tests.integration.registry_world import OFFICERS, Body, World, copy_of, make_template, refused, served

PONTE = "onlus-ponte"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


@contextmanager
def denied(code: Code) -> Iterator[None]:
    with pytest.raises(MagliaError) as failure:
        yield
    assert failure.value.code is code


async def revoke(world: World, member: str) -> None:
    change = office_pb2.Change(act="revoke", member=member, reason="convenzione cessata")
    for user in OFFICERS:
        desk = await world.office(user)
        request = office_pb2.PrepareDraftRequest(changes=[change])
        await desk.sign(await desk.stub.PrepareDraft(request, metadata=desk.bearer))


async def test_an_application_whose_act_has_expired_is_refused(world: World) -> None:
    with refused(Code.MEMBER_ACT_EXPIRED):
        await world.apply(Body(PONTE), act_expiry="2020-01-01")
    assert world.parts.members.member(PONTE) is None


@pytest.mark.parametrize("name", ["Onlus P\u043ente", "\u041e\u041d\u041b\u0423\u0421", "Onlus Po\u0438te"])
async def test_a_name_that_only_looks_like_anothers_is_refused(world: World, name: str) -> None:
    with refused(Code.MEMBER_LETTERS):
        await world.apply(Body(PONTE), name=name)
    assert world.parts.members.member(PONTE) is None


async def test_a_token_of_one_body_does_not_activate_another(world: World) -> None:
    ponte, est = Body(PONTE), Body("mensa-est")
    for body in (ponte, est):
        await world.apply(body)
    await world.approve(ponte.member, est.member)
    token = await world.token(ponte.member)
    await world.token(est.member)
    with refused(Code.MEMBER_TOKEN):
        await world.activate(est, token)
    impostor = Body(PONTE)
    with refused(Code.MEMBER_SIGNATURE):
        await world.activate(impostor, token)
    assert (await world.activate(ponte, token)).state == "active"


async def test_online_keys_alone_roll_nobody_back(world: World, tmp_path: Path) -> None:
    """They may name any metadata that officers once signed, such as that from before a revocation."""
    await world.joined(PONTE)
    client = tmp_path / "client"
    assert PONTE in (await world.directory(client)).members
    await revoke(world, PONTE)
    assert PONTE not in (await world.directory(client)).members
    files, online, now = world.parts.files, world.secrets.online.snapshot, time.time()
    versions = files.versions()
    snapshot, timestamp = versions["snapshot"] + 1, versions["timestamp"] + 1
    older = metadata.sign_snapshot(snapshot, 1, versions["suspensions"], online, now)
    files.save_metadata(f"{snapshot}.snapshot.json", older)
    files.save_metadata("timestamp.json", metadata.sign_timestamp(timestamp, snapshot, online, now, 3600))
    with denied(Code.DIRECTORY_ROLLBACK):
        await world.trusted(client)


@pytest.mark.parametrize("what", ["targets metadata", "directory"])
async def test_files_of_an_older_publication_under_a_newer_name_are_refused(
    world: World, tmp_path: Path, what: str
) -> None:
    """All of them signed by two officers once, but not together."""
    await world.joined(PONTE)
    client, files = tmp_path / "client", world.parts.files
    await world.trusted(client)
    before = world.parts.publisher.current()
    assert before is not None
    await revoke(world, PONTE)
    if what == "directory":
        now = world.parts.publisher.current()
        assert now is not None
        files.save_target(metadata.prefixed(DIRECTORY_PATH, now.directory), before.directory)
    else:
        files.save_metadata("2.targets.json", files.metadata("1.targets.json") or b"")
    with denied(Code.DIRECTORY_MIXED):
        await world.trusted(client)


async def test_a_registry_restored_from_before_a_revocation_brings_nobody_back(template: Path, tmp_path: Path) -> None:
    """First it is refused as older; once two officers have signed again on top of it, what was heard still holds."""
    folder, client = copy_of(template, tmp_path / "registry"), tmp_path / "client"
    async with served(folder) as world:
        await world.joined(PONTE)
    backup = copy_of(folder, tmp_path / "backup")
    async with served(folder) as world:
        await revoke(world, PONTE)
        with denied(Code.MEMBER_UNKNOWN):
            (await world.directory(client)).member(PONTE)
    async with served(backup) as world:
        with denied(Code.DIRECTORY_ROLLBACK):
            await world.trusted(client)
        for name in ("onlus-a", "onlus-b", "onlus-c"):
            await world.apply(Body(name))
            await world.approve(name)
        for _ in range(10):
            world.parts.publisher.refresh()
        trusted = decode_directory((await world.trusted(client)).directory)
        assert PONTE in trusted.members, "the officers signed on top of the backup"
        with denied(Code.MEMBER_INACTIVE):
            (await world.directory(client)).member(PONTE)
        assert (await world.directory(client)).members["onlus-c"]
