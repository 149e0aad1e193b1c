"""Other seeds for another epoch: made beside a registry that serves, used from `epoch start` on, the old erased."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from maglia.core.errors import Code
from maglia.core.evaluation_keys import decode_keys
from maglia.core.oprf import hash_to_group
from maglia.core.pseudonym import ALL_SHARES
from maglia.core.vocabulary import PseudonymClass
from maglia.v1 import pseudonyms_pb2 as pb
from maglia.v1.pseudonyms_pb2 import USE_ENROLMENT, EvaluateRequest
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from registry.secrets import KEYSTORE_FILE, load_secrets
from tests.integration.registry_world import PASSPHRASE, Body, World, copy_of, make_template, refused, served
from tests.integration.test_epoch_rotation import step
from tests.support.commands import run

PERSON = PseudonymClass.PERSON
ELEMENT = hash_to_group(b"cf:XQZXQW80A01D150O")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("seeds") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def seeds(world: World, *arguments: str) -> tuple[int, Any]:
    """Run `maglia-registry seeds` in its own process, beside the one that serves."""
    command = ("seeds", *arguments, "--dir", str(world.folder), "--json")
    environment = {"PATH": os.environ["PATH"], "MAGLIA_PASSPHRASE": PASSPHRASE}
    ran = await asyncio.to_thread(run, "registry", *command, environment=environment)
    return ran.status, json.loads(ran.out)


async def evaluated(world: World, body: Body, epoch: int) -> bytes:
    """Let a body have one element evaluated under its own key of an epoch."""
    current = world.parts.publisher.current()
    assert current is not None
    own = decode_keys(current.keys).of_epoch(epoch).own_set(PERSON, body.member)
    request = EvaluateRequest(
        key_set=own.digest,
        epoch=epoch,
        mask=int(ALL_SHARES),
        elements=[ELEMENT],
        use=USE_ENROLMENT,
        evaluation_id=bytes(16),
    )
    response = await PseudonymServiceStub(world.peer(body.tls)).Evaluate(request)
    return response.parts[0].elements


async def of_former_epoch(world: World, body: Body, use: pb.Use.ValueType) -> bytes:
    """Let a body have one element evaluated under everybody's keys of an epoch that is over."""
    current = world.parts.publisher.current()
    assert current is not None
    [former] = decode_keys(current.keys).ended
    key_set = former.network_set(PERSON)
    shares = int(ALL_SHARES)
    request = EvaluateRequest(
        key_set=key_set.digest, epoch=former.epoch, mask=shares, elements=[ELEMENT], use=use, evaluation_id=bytes(16)
    )
    return (await PseudonymServiceStub(world.peer(body.tls)).Evaluate(request)).parts[0].elements


async def test_an_epoch_has_its_own_seeds_and_the_old_ones_end_with_theirs(world: World, tmp_path: Path) -> None:
    assert (await seeds(world, "new"))[1]["code"] == "directory.not_there"
    [ponte] = await world.joined("onlus-ponte")
    first = await evaluated(world, ponte, 1)
    assert (await seeds(world, "forget"))[1]["forgotten"] == []
    # The keystore alone: to open and close the database's files here would let go of SQLite's locks.
    shutil.copy(world.folder / KEYSTORE_FILE, tmp_path)

    assert (await seeds(world, "new")) == (0, {"schema": "maglia.registry-seeds-new/1", "trio": 2, "made": True})
    assert (await seeds(world, "new"))[1]["made"] is False
    await step(world, "epoch_start")
    assert (await seeds(world, "show"))[1]["trios"] == [{"trio": 1, "epochs": [1]}, {"trio": 2, "epochs": [2]}]
    [est] = await world.joined("onlus-est")  # whoever joins meanwhile has keys of both
    assert await evaluated(world, ponte, 1) == first
    second = await evaluated(world, ponte, 2)
    assert len({first, second, await evaluated(world, est, 1), await evaluated(world, est, 2)}) == 4

    await step(world, "epoch_switch", "onlus-est", "onlus-ponte")
    await step(world, "epoch_end", "onlus-est", "onlus-ponte")
    await world.joined("onlus-nord")  # of the last two publications neither has the former epoch in use
    # Under former keys nothing is evaluated but for a person who asks who looked them up, and nobody's need.
    assert first in await of_former_epoch(world, ponte, pb.USE_ACCESS_REPORT)
    for other in (pb.USE_CHECK, pb.USE_ENROLMENT):
        with refused(Code.PSEUDONYM_KEY_SET):
            await of_former_epoch(world, ponte, other)
    keystore = (world.folder / KEYSTORE_FILE).stat()
    assert (await seeds(world, "forget"))[1]["forgotten"] == [1]
    assert (world.folder / KEYSTORE_FILE).stat() != keystore
    assert (await seeds(world, "show"))[1]["trios"] == [{"trio": 2, "epochs": [2]}]
    assert await evaluated(world, ponte, 2) == second
    with refused(Code.PSEUDONYM_KEY_SET):  # a report says then that it can't be searched under them
        await of_former_epoch(world, ponte, pb.USE_ACCESS_REPORT)

    thief, current = load_secrets(tmp_path, PASSPHRASE).evaluator, world.parts.publisher.current()
    assert current is not None
    own = decode_keys(current.keys).own_set(PERSON, "onlus-ponte")
    made = thief.newest().key_set(own.network, PERSON, 2, ["onlus-ponte"])
    assert b"".join(thief.evaluate(made, ALL_SHARES, [ELEMENT]).elements) != second
    assert made.digest != own.digest
    assert "seed" not in repr(thief)


async def test_a_keystore_without_the_seeds_of_an_epoch_refuses_and_says_so(world: World, tmp_path: Path) -> None:
    [ponte] = await world.joined("onlus-ponte")
    shutil.copy(world.folder / KEYSTORE_FILE, tmp_path / "before")
    await seeds(world, "new")
    await step(world, "epoch_start")
    shutil.copy(tmp_path / "before", world.folder / KEYSTORE_FILE)
    async with served(world.folder) as other:
        assert await evaluated(other, ponte, 1)
        with refused(Code.PSEUDONYM_KEY_SET):
            await evaluated(other, ponte, 2)
        for command in ("show", "new", "forget"):
            status, told = await seeds(other, command)
            assert (status, told["code"]) == (1, "storage.keystore")
