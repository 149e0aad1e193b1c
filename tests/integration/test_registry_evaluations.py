"""Every granted evaluation is an entry of the registry's own log, counted and logged together or not at all."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maglia.core.checkpoint import NoteKey
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, log_origin
from maglia.core.log_check import verify_log
from maglia.core.pseudonym import ALL_SHARES, KeySet, blind
from maglia.core.vocabulary import PseudonymClass
from maglia.v1.pseudonyms_pb2 import USE_CHECK, USE_ENROLMENT, EvaluateRequest
from maglia.v1.pseudonyms_pb2 import Use as WireUse
from maglia.v1.pseudonyms_pb2_grpc import PseudonymServiceStub
from registry.domain.budget import Use
from registry.store.database import Database
from registry.store.tail import LogTail
from tests.integration.registry_world import NETWORK, Body, World, copy_of, make_template, refused, served

ELEMENT = blind(b"cf:XQZXQW80A01H501X").element
ID = bytes(range(16))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("evaluations") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry"), elements_a_day=6) as world:
        yield world


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.create(tmp_path)


async def evaluate(world: World, body: Body, key_set: KeySet, count: int = 1, use: int = USE_CHECK) -> None:
    request = EvaluateRequest(
        key_set=key_set.digest,
        epoch=key_set.epoch,
        mask=int(ALL_SHARES),
        elements=[ELEMENT] * count,
        use=WireUse.ValueType(use),
        evaluation_id=ID,
    )
    await PseudonymServiceStub(world.peer(body.tls)).Evaluate(request)


def logged(world: World) -> list[dict[str, Any]]:
    """Return what the registry's log says of evaluations, in order."""
    log = world.parts.office_log.history.log
    leaves = [json.loads(entry.leaf) for entry in log.entries(0, log.size())]
    return [leaf for leaf in leaves if leaf["schema"] == "maglia.evaluation/1"]


async def test_each_granted_evaluation_is_an_entry_that_no_act_is_mixed_with(world: World, tmp_path: Path) -> None:
    ponte, est = await world.joined("onlus-ponte", "onlus-est")
    network, own = await world.key_sets(tmp_path / "client", ponte.member)
    before = world.parts.office_log.acts(ponte.member)
    await evaluate(world, ponte, network, 2)
    await evaluate(world, est, network, 1)
    await evaluate(world, ponte, own, 3, USE_ENROLMENT)
    entries = logged(world)
    nonces = {entry.pop("nonce") for entry in entries}
    assert all(abs(entry.pop("at") - datetime.now(UTC).timestamp()) < 600 for entry in entries)
    same = {"schema": "maglia.evaluation/1", "class": "person", "epoch": 1, "evaluation": ID.hex(), "procedure": ""}
    assert entries == [
        same | {"member": "onlus-ponte", "use": "check", "elements": 2},
        same | {"member": "onlus-est", "use": "check", "elements": 1},
        same | {"member": "onlus-ponte", "use": "enrolment", "elements": 3},
    ]
    assert len(nonces) == 3
    after = world.parts.office_log.acts(ponte.member, 1)
    assert after.entries == before.entries
    assert not world.parts.office_log.logins().entries


async def test_what_is_refused_is_neither_counted_nor_logged(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    network, _ = await world.key_sets(tmp_path / "client", ponte.member)
    with refused(Code.BUDGET_MEMBER):
        await evaluate(world, ponte, network, 7)
    assert not logged(world)
    await evaluate(world, ponte, network, 6)
    assert [entry["elements"] for entry in logged(world)] == [6]


async def test_an_id_used_again_hides_no_evaluation(world: World, tmp_path: Path) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    network, _ = await world.key_sets(tmp_path / "client", ponte.member)
    for _ in range(2):
        await evaluate(world, ponte, network)
    assert [entry["evaluation"] for entry in logged(world)] == [ID.hex()] * 2


async def test_what_cannot_be_logged_is_not_counted_and_not_evaluated(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ponte,) = await world.joined("onlus-ponte")
    network, _ = await world.key_sets(tmp_path / "client", ponte.member)

    def fail(*_values: object) -> int:
        raise MagliaError(Code.LOG_UNAVAILABLE, cause="disk full")

    with monkeypatch.context() as patch:
        patch.setattr(LogTail, "append", fail)
        with refused(Code.STORAGE_UNAVAILABLE):
            await evaluate(world, ponte, network)
    counts, today = world.parts.witness.counts, datetime.now(UTC).date()
    assert counts.spent(ponte.member, PseudonymClass.PERSON, Use.CHECK, today) == 0
    await evaluate(world, ponte, network)
    assert counts.spent(ponte.member, PseudonymClass.PERSON, Use.CHECK, today) == 1


def test_the_kept_end_of_the_log_is_not_believed_when_the_log_ends_otherwise(database: Database) -> None:
    one, other = LogTail(database), LogTail(database)
    one.append([b"a", b"b"])
    other.append([b"c"])
    for number in range(3):
        with failing(database):
            one.append([b"never %d" % number])
        other.append([b"in its place %d" % number])
        one.append([b"%d after it" % each for each in range(300)])  # over a tile's end
    leaves = [entry.leaf for entry in one.log.entries(0, 2_000)]
    assert not [leaf for leaf in leaves if leaf.startswith(b"never")]
    assert len(leaves) == 3 + 3 * 301
    assert verify_log(one.log, NoteKey(log_origin(REGISTRY_ID, NETWORK), SigningKey.generate().private.public_key())).ok


@contextmanager
def failing(database: Database) -> Iterator[None]:
    """Let a transaction fail after what was done in it."""
    with suppress(KeyError), database.transaction():
        yield
        raise KeyError
