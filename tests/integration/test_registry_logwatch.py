"""The registry's own log is witnessed whether or not anybody reads it; what contradicts it silences the registry."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, sign_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, log_origin, witness_name
from maglia.core.log_check import verify_log
from maglia.core.pseudonym import ALL_SHARES, blind
from maglia.core.vocabulary import CHECKPOINT_ENTRIES
from maglia.v1.witness_pb2 import CosignRequest
from maglia.v1.witness_pb2_grpc import WitnessServiceStub
from registry import app, serving
from registry.domain.budget import Use
from registry.evaluation import Wanted
from registry.ports import Event
from registry.store.database import DATABASE_FILE
from tests.integration.registry_world import NETWORK, World, copy_of, make_template, refused, served

ELEMENT = blind(b"cf:XQZXQW80A01H501X").element


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("logwatch") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry"), checkpoint_s=0.05) as world:
        yield world


def head(world: World) -> Checkpoint:
    """Return the last head of the registry's log, which the witness cosigned."""
    note = world.parts.office_log.history.log.last_checkpoint(cosigned=True)
    assert note is not None
    verify_cosignature(note, witness_name(NETWORK), world.secrets.witness.private.public_key())
    return open_checkpoint(note, log_origin(REGISTRY_ID, NETWORK), world.secrets.log.private.public_key())


async def evaluate(world: World, member: str, folder: Path) -> None:
    key_set, _ = await world.key_sets(folder, member)
    wanted = Wanted(key_set.digest, key_set.epoch, int(ALL_SHARES), [ELEMENT], Use.CHECK, bytes(16))
    await world.parts.evaluation.evaluate(member, wanted)


async def test_evaluations_are_witnessed_though_nobody_reads_the_log(world: World, tmp_path: Path) -> None:
    world.parts.watch.start()
    running = asyncio.create_task(world.parts.watch.run())
    (ponte,) = await world.joined("onlus-ponte")
    await evaluate(world, ponte.member, tmp_path / "client")
    log = world.parts.office_log.history.log
    for _ in range(1_000):
        await asyncio.sleep(0.02)
        if head(world).size == log.size():
            break
    running.cancel()
    kept = (world.folder / app.LOG_FILE).read_bytes()
    witness = NoteKey(witness_name(NETWORK), world.secrets.witness.private.public_key())
    key = NoteKey(log_origin(REGISTRY_ID, NETWORK), world.secrets.log.private.public_key())
    report = verify_log(log, key, witness, kept)
    assert (report.ok, report.cosigned_size) == (True, log.size())


async def test_a_thousand_entries_do_not_wait_for_the_time(template: Path, tmp_path: Path) -> None:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        world.parts.watch.start()
        before = head(world).size
        with world.parts.members.transaction():
            for _ in range(CHECKPOINT_ENTRIES - 1):
                world.parts.members.add_event("", Event(0.0, "anna", "prova"))
        world.parts.watch.look()
        assert head(world).size == before
        world.parts.members.add_event("", Event(0.0, "anna", "prova"))
        world.parts.watch.look()
        assert head(world).size == before + CHECKPOINT_ENTRIES


async def test_a_database_put_back_is_found_while_serving_and_at_the_next_start(template: Path, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path / "registry")
    async with served(folder) as world:
        (ponte,) = await world.joined("onlus-ponte")
        world.parts.watch.start()
    shutil.copy(folder / DATABASE_FILE, tmp_path)
    origin = log_origin(ponte.member, NETWORK)

    def request(old_size: int) -> CosignRequest:
        note = sign_checkpoint(Checkpoint(origin, 1, bytes([old_size + 1]) * 32), origin, ponte.log.private)
        return CosignRequest(checkpoint=note, old_size=old_size)

    async with served(folder) as world:
        await WitnessServiceStub(world.peer(ponte.tls)).Cosign(request(0))
        await evaluate(world, ponte.member, tmp_path / "client")
        world.parts.watch.start()
    async with served(folder) as world:  # a witness that was started anew knows what it saw
        with refused(Code.LOG_FORK):
            await WitnessServiceStub(world.peer(ponte.tls)).Cosign(request(1))

    shutil.copy(tmp_path / DATABASE_FILE, folder)
    async with served(folder, checkpoint_s=1e-9) as world:
        world.parts.watch.look()
        with pytest.raises(MagliaError) as refusal:
            await evaluate(world, ponte.member, tmp_path / "client")
        assert refusal.value.code is Code.LOG_REWRITTEN
        with refused(Code.LOG_REWRITTEN):
            await WitnessServiceStub(world.peer(ponte.tls)).Cosign(request(0))
    with pytest.raises(MagliaError) as refusal:
        await serving.serve(folder, world.settings, world.secrets)
    assert refusal.value.code is Code.LOG_REWRITTEN
