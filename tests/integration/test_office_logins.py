"""Logins that the office refused, as its witnessed log tells of them: by name or by a keyed hash, few, never lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from maglia.core import merkle
from maglia.core.checkpoint import open_checkpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, log_origin
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import office_pb2
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.logins import FREE
from maglia.wire.status import error_of
from registry.logins import MAX_UNKNOWN, OTHERS, LoginRefusals
from registry.ports import Event, Person
from registry.store.database import DATABASE_FILE, Database
from registry.store.members import SqlMembers
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.support.other_address import from_elsewhere

TYPED = "la mia password segreta"
"""What somebody typed where the name belongs."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("office") / "registry")


@pytest.fixture
async def world(template: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


async def guess(world: World, user: str) -> Code:
    """Return why a login was refused."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await OfficeServiceStub(world.front()).Login(office_pb2.LoginRequest(user=user, password="sbagliata"))
    return error_of(failure.value).code


async def said(world: World, request: office_pb2.GetHistoryRequest) -> list[dict[str, str]]:
    """Return the entries of a history, each of them proved by the log's cosigned head."""
    anna = await world.office("anna")
    history = await anna.stub.GetHistory(request, metadata=anna.bearer)
    origin = log_origin(REGISTRY_ID, NETWORK)
    head = open_checkpoint(history.checkpoint, origin, world.secrets.log.private.public_key())
    for entry in history.entries:
        leaf = merkle.leaf_hash(entry.leaf)
        assert merkle.verify_inclusion(leaf, entry.index, head.size, list(entry.proof), head.root)
    return [json.loads(entry.leaf) for entry in history.entries]


def lines(entries: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    return {(one["actor"], one["action"]): one["detail"] for one in entries}


async def test_refused_logins_are_in_the_witnessed_log_and_no_strangers_name_is(world: World) -> None:
    guesses = (guess(world, "ivo") for _ in range(FREE + 2))
    assert sorted(await asyncio.gather(*guesses)) == [Code.SESSION_CREDENTIALS] * FREE + [Code.SESSION_THROTTLED] * 2
    for user in ("sara", TYPED, TYPED):
        await guess(world, user)
    world.parts.logins.write()
    await guess(world, TYPED)
    world.parts.logins.write()
    world.parts.logins.write()
    entries = await said(world, office_pb2.GetHistoryRequest(logins=True))
    (hashed,) = {one["actor"] for one in entries} - {"ivo", "sara"}
    assert hashed.startswith(OTHERS)
    assert lines(entries[:-1]) == {
        (hashed, "login_refused"): "2",
        ("ivo", "login_refused"): str(FREE),
        ("ivo", "login_throttled"): "2",
        ("sara", "login_refused"): "1",
    }
    assert lines(entries[-1:]) == {(hashed, "login_refused"): "1"}
    kept = b"".join(path.read_bytes() for path in world.folder.glob(f"{DATABASE_FILE}*"))
    assert TYPED.encode() not in kept
    about_none = await said(world, office_pb2.GetHistoryRequest())
    assert [one["action"] for one in about_none] == ["root"]


async def test_guesses_from_one_address_keep_no_officer_out(world: World) -> None:
    """Twenty a second, all through the officer's own login from an address that the office has never seen."""
    attack = asyncio.create_task(_guess_on(world, 60))
    await asyncio.sleep(0.5)
    async with from_elsewhere(world.known.registry_front) as endpoint:
        channel = open_channel(endpoint, REGISTRY_ID, NETWORK, world.known.front_certificate)
        async with channel:
            for _ in range(3):
                request = office_pb2.LoginRequest(user="anna", password=PASSWORD)
                assert (await OfficeServiceStub(channel).Login(request)).token
    refusals = await attack
    assert refusals.count(Code.SESSION_CREDENTIALS) < 60 / 4
    # A wait of seconds may just have ended; whoever then tries twice meets the next one.
    assert Code.SESSION_THROTTLED in [await guess(world, "anna") for _ in range(2)]


async def _guess_on(world: World, times: int) -> list[Code]:
    stub, found = OfficeServiceStub(world.front()), []
    for _ in range(times):
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub.Login(office_pb2.LoginRequest(user="anna", password="sbagliata"))
        found.append(error_of(failure.value).code)
        await asyncio.sleep(0.05)
    return found


@contextmanager
def counted(folder: Path) -> Iterator[tuple[LoginRefusals, SqlMembers]]:
    """Yield a counter over a database of its own, where only anna is known."""
    database = Database.create(folder)
    members = SqlMembers(database)
    members.save_person(Person("anna", "Anna Fittizi", NetworkRole.ACCREDITATION_OFFICER, bytes(32)), None)
    yield LoginRefusals(members, bytes(32), lambda: 1.0, every_s=0.01), members
    database.close()


def refuse(logins: LoginRefusals, user: str) -> None:
    with pytest.raises(MagliaError), logins.counting(user):
        raise MagliaError(Code.SESSION_CREDENTIALS)


def test_a_flood_of_names_writes_few_entries_and_hides_nobody(tmp_path: Path) -> None:
    with counted(tmp_path) as (logins, members):
        for number in range(3_000):
            refuse(logins, f"nessuno-{number}")
        for _ in range(4):
            refuse(logins, "nessuno-7")
        refuse(logins, "anna")
        assert len(logins._unknown) <= 1_001
        logins.write()
        found = {event.actor: int(event.detail) for event in members.history("")}
    assert len(found) == MAX_UNKNOWN + 1 + 1
    assert found["anna"] == 1
    assert sum(found.values()) == 3_005
    assert 5 in found.values(), "who is tried most has a line of their own"


async def test_what_the_log_refused_is_written_when_it_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(tmp_path) as (logins, members):
        add, full = members.add_event, True

        def add_event(member: str, event: Event) -> None:
            add(member, event)
            if full and event.actor == "anna":
                raise MagliaError(Code.STORAGE_UNAVAILABLE)

        monkeypatch.setattr(members, "add_event", add_event)
        for user in ("Anna", "anna"):
            refuse(logins, user)
        writing = asyncio.create_task(logins.run())
        await asyncio.sleep(0.1)
        assert members.history("") == [], "all of a minute or nothing"
        full = False
        async with asyncio.timeout(20):
            while not members.history(""):  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0.01)
        writing.cancel()
        assert [event.detail for event in members.history("")] == ["1", "1"]
