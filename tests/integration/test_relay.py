"""A relay beside a real registry: whom it attends for, whom it carries, and for whom it has no word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.v1.relay_pb2_grpc import RelayServiceStub
from maglia.wire.relay import CHUNK_BYTES
from registry.relay_status import read_status, status_lines
from tests.integration.node_world import PATIENCE_S, free_port, until
from tests.integration.registry_world import Body, World, make_template, refused, served
from tests.support.relay_world import ServedRelay, make_relay, name_of, relayed, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
MEMBERS = ("parrocchia", "mensa", "sospesa")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("relay")
    async with served(make_template(folder / "registry")) as registry:
        yield registry


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bodies(world: World) -> dict[str, Body]:
    return {body.member: body for body in await world.joined(*MEMBERS)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay(
    world: World,
    bodies: dict[str, Body],  # noqa: ARG001 - before the first body there is no directory to follow
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ServedRelay]:
    async with relayed(world, tmp_path_factory.mktemp("relay") / "relay", status_s=0.1) as found:
        yield found


async def test_bytes_pass_as_they_are_both_ways(relay: ServedRelay, bodies: dict[str, Body]) -> None:
    async with relay.attended(bodies["parrocchia"]) as node:
        caller = await relay.call(name_of("parrocchia"))
        carried = await node.take(await node.ticket())
        assert await carried.read(len(caller.hello)) == caller.hello
        caller.writer.write(b"\x00\xff" * 100_000)
        await carried.write(b"risposta")
        assert await carried.read(200_000) == b"\x00\xff" * 100_000
        assert await caller.reader.readexactly(8) == b"risposta"
        caller.close()
        assert await carried.is_over()


async def test_a_node_that_ends_a_connection_ends_its_callers(relay: ServedRelay, bodies: dict[str, Body]) -> None:
    async with relay.attended(bodies["parrocchia"]) as node:
        caller = await relay.call(name_of("parrocchia"))
        carried = await node.take(await node.ticket())
        await carried.write(b"ultima parola")
        await carried.call.done_writing()
        assert await caller.rest() == b"ultima parola"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": SigningKey(bytes(32))}, Code.MEMBER_SIGNATURE),
        ({"member": "mensa"}, Code.MEMBER_SIGNATURE),
        ({"member": "nessuno"}, Code.MEMBER_UNKNOWN),
        ({"network": "altra"}, Code.MEMBER_SIGNATURE),
        ({"relay_certificate": bytes(32)}, Code.MEMBER_SIGNATURE),
        ({"challenge": bytes(32)}, Code.MEMBER_SIGNATURE),
    ],
    ids=["key", "another member", "nobody", "another network", "another relay", "an old challenge"],
)
async def test_no_proof_no_attendance(
    relay: ServedRelay, bodies: dict[str, Body], wrong: dict[str, object], code: Code
) -> None:
    with refused(code):
        async with relay.attended(bodies["parrocchia"], **wrong):
            pass
    assert not relay.running.attendances.is_attended("mensa")


async def test_who_says_nothing_in_time_is_let_go(world: World, bodies: dict[str, Body], tmp_path: Path) -> None:
    assert bodies
    async with relayed(world, tmp_path / "relay", hello_s=0.2) as relay, relay.channel() as channel:
        call = RelayServiceStub(channel).Attend(timeout=PATIENCE_S)
        await call.read()
        with refused(Code.MEMBER_SIGNATURE):
            await call.read()
        assert await (await relay.call(None, first=b"\x16\x03\x01")).rest() == b""
        assert relay.running.door.strangers.slow == 1


async def test_a_ticket_is_good_once_and_no_other_is(relay: ServedRelay, bodies: dict[str, Body]) -> None:
    async with relay.attended(bodies["parrocchia"]) as node:
        caller = await relay.call(name_of("parrocchia"))
        ticket = await node.ticket()
        await (await node.take(ticket)).read(1)
        for shown in (ticket, bytes(16), b""):
            with refused(Code.NETWORK_TICKET):
                await (await node.take(shown)).call.read()
        caller.close()


async def test_a_ticket_waits_a_moment_only(world: World, bodies: dict[str, Body], tmp_path: Path) -> None:
    async with (
        relayed(world, tmp_path / "relay", pickup_s=0.2) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        caller = await relay.call(name_of("parrocchia"))
        ticket = await node.ticket()
        assert await caller.rest() == b""
        with refused(Code.NETWORK_TICKET):
            await (await node.take(ticket)).call.read()


@pytest.mark.parametrize(
    ("name", "first", "counted"),
    [
        (name_of("mensa"), None, "unknown"),
        ("parrocchia.altra.maglia.internal", None, "unknown"),
        ("comune-est.relay.prova.maglia.internal", None, "unknown"),
        (None, None, "unnamed"),
        (None, b"GET / HTTP/1.1\r\n\r\n", "unnamed"),
    ],
    ids=["nobody attends", "another network", "the relay", "no name", "no TLS"],
)
async def test_whoever_names_nobody_hears_nothing(
    relay: ServedRelay, bodies: dict[str, Body], name: str | None, first: bytes | None, counted: str
) -> None:
    async with relay.attended(bodies["parrocchia"]):
        before = getattr(relay.running.door.strangers, counted)
        caller = await relay.call(name, first=first)
        assert await caller.rest() == b""
        assert getattr(relay.running.door.strangers, counted) == before + 1


async def test_the_newer_attendance_of_a_member_counts(relay: ServedRelay, bodies: dict[str, Body]) -> None:
    async with relay.attended(bodies["parrocchia"]) as former, relay.attended(bodies["parrocchia"]) as node:
        with refused(Code.NETWORK_RELAY):
            await former.ticket()
        caller = await relay.call(name_of("parrocchia"))
        assert await (await node.take(await node.ticket())).read(1)
        caller.close()


async def test_one_members_callers_leave_room_for_anothers(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    async with (
        relayed(world, tmp_path / "relay", member_connections=2) as relay,
        relay.attended(bodies["parrocchia"]) as node,
        relay.attended(bodies["mensa"]) as other,
    ):
        held = []
        for source in ("127.0.0.1", "127.0.0.2"):
            held.append(await relay.call(name_of("parrocchia"), source=source))
            assert await (await node.take(await node.ticket())).read(1)
        assert await (await relay.call(name_of("parrocchia"), source="127.0.0.3")).rest() == b""
        held.append(await relay.call(name_of("mensa")))
        assert await (await other.take(await other.ticket())).read(1)
        held.pop(0).close()
        await until(lambda: relay.running.door.connections("parrocchia") == 1)
        held.append(await relay.call(name_of("parrocchia"), source="127.0.0.3"))
        assert await (await node.take(await node.ticket())).read(1)
        assert relay.running.attendances.tally("parrocchia").refused == 1
        for one in held:
            one.close()


async def test_one_address_holds_half_of_a_members_places_at_most(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    async with (
        relayed(world, tmp_path / "relay", member_connections=2) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        held = [await relay.call(name_of("parrocchia"))]
        assert await (await node.take(await node.ticket())).read(1)
        assert await (await relay.call(name_of("parrocchia"))).rest() == b""
        held.append(await relay.call(name_of("parrocchia"), source="127.0.0.2"))
        assert await (await node.take(await node.ticket())).read(1)
        for one in held:
            one.close()


async def test_one_address_can_not_take_what_a_member_may_open(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    async with (
        relayed(world, tmp_path / "relay", member_openings=4) as relay,
        relay.attended(bodies["parrocchia"]),
    ):
        begun = time.monotonic()
        held = [await relay.call(name_of("parrocchia")) for _ in range(5)]
        tally = relay.running.attendances.tally("parrocchia")
        await until(lambda: tally.refused + relay.running.door.connections("parrocchia") == 5)
        taken = relay.running.door.connections("parrocchia")
        assert taken <= 2 * (time.monotonic() - begun + 1)
        held.append(await relay.call(name_of("parrocchia"), source="127.0.0.2"))
        await until(lambda: relay.running.door.connections("parrocchia") == taken + 1)
        for one in held:
            one.close()


async def test_one_address_can_not_take_every_place(world: World, bodies: dict[str, Body], tmp_path: Path) -> None:
    async with (
        relayed(world, tmp_path / "relay", address_connections=1) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        held = await relay.call(name_of("parrocchia"))
        assert await (await node.take(await node.ticket())).read(1)
        assert await (await relay.call(name_of("parrocchia"))).rest() == b""
        assert relay.running.door.strangers.full == 1
        held.close()


async def test_a_relay_starts_without_the_registry_on_what_it_trusted_before(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    made = make_relay(world, tmp_path / "relay")
    away = replace(world, known=replace(world.known, registry_front=f"127.0.0.1:{free_port()}"))
    with pytest.raises(MagliaError) as refused_to_start:
        async with serving(away, tmp_path / "relay"):
            pass
    assert refused_to_start.value.code is Code.NETWORK_UNREACHABLE
    async with serving(world, tmp_path / "relay"):
        pass
    async with (
        serving(away, tmp_path / "relay") as running,
        ServedRelay(tmp_path / "relay", made, running).attended(bodies["parrocchia"]),
    ):
        assert running.attendances.is_attended("parrocchia")


async def test_with_an_expired_directory_nobody_is_served(
    relay: ServedRelay, bodies: dict[str, Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relay.attended(bodies["parrocchia"]) as node:
        caller = await relay.call(name_of("parrocchia"))
        await (await node.take(await node.ticket())).read(1)
        monkeypatch.setattr(relay.running.directory, "_clock", lambda: relay.running.directory.expires)
        with refused(Code.DIRECTORY_EXPIRED):
            await node.ticket()
        assert await caller.rest() == b""
        with refused(Code.DIRECTORY_EXPIRED):
            async with relay.attended(bodies["parrocchia"]):
                pass


async def test_a_caller_that_does_not_read_fills_no_memory(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    async with (
        relayed(world, tmp_path / "relay", member_bytes_a_second=10**9) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        caller = await relay.call(name_of("parrocchia"))
        carried, sent = await node.take(await node.ticket()), 0
        with suppress(TimeoutError):
            while sent < 1_000:
                async with asyncio.timeout(0.5):
                    await carried.write(bytes(CHUNK_BYTES))
                sent += 1
        assert sent < 1_000, "everything was taken, though nobody reads"
        caller.close()


async def test_a_node_that_does_not_read_fills_no_memory(world: World, bodies: dict[str, Body], tmp_path: Path) -> None:
    sent = 1_000 * CHUNK_BYTES
    async with (
        relayed(world, tmp_path / "relay", member_bytes_a_second=10**9) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        caller = await relay.call(name_of("parrocchia"))
        await node.take(await node.ticket())
        caller.writer.write(bytes(sent))
        await asyncio.sleep(1)
        assert relay.running.attendances.tally("parrocchia").bytes_to_node < sent
        caller.close()


async def test_a_member_is_carried_no_faster_than_allowed(
    world: World, bodies: dict[str, Body], tmp_path: Path
) -> None:
    rate, sent, begun = 65_536, 200_000, time.monotonic()
    async with (
        relayed(world, tmp_path / "relay", member_bytes_a_second=rate) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        caller = await relay.call(name_of("parrocchia"))
        carried = await node.take(await node.ticket())
        caller.writer.write(bytes(sent))
        assert await carried.read(sent)
        assert sent <= rate * (time.monotonic() - begun + 1) + 2 * CHUNK_BYTES
        caller.close()


async def test_a_suspended_member_is_out_within_seconds(
    world: World, relay: ServedRelay, bodies: dict[str, Body]
) -> None:
    async with relay.attended(bodies["sospesa"]) as node:
        caller = await relay.call(name_of("sospesa"))
        carried = await node.take(await node.ticket())
        await carried.read(len(caller.hello))
        await (await world.office("anna")).suspend("sospesa")
        async with asyncio.timeout(5):
            with refused(Code.MEMBER_INACTIVE):
                await node.ticket()
            assert await caller.rest() == b""
            with suppress(grpc.aio.AioRpcError):
                assert await carried.is_over()
    with refused(Code.MEMBER_INACTIVE):
        async with relay.attended(bodies["sospesa"]):
            pass


async def test_a_silent_node_is_not_waited_for(world: World, bodies: dict[str, Body], tmp_path: Path) -> None:
    async with (
        relayed(world, tmp_path / "relay", beat_s=0.1) as relay,
        relay.attended(bodies["parrocchia"]) as node,
    ):
        while (await node.attendance.read()) is not grpc.aio.EOF:
            pass
        assert not relay.running.attendances.is_attended("parrocchia")


async def test_the_status_counts_and_names_no_caller(relay: ServedRelay, bodies: dict[str, Body]) -> None:
    async with relay.attended(bodies["parrocchia"]) as node:
        caller = await relay.call(name_of("parrocchia"))
        await (await node.take(await node.ticket())).read(1)
        await until(lambda: bool(_members(relay)))
        [member] = _members(relay)
        assert (member["attending"], member["connections"]) == (True, 1)
        assert "127.0.0.1" not in str(read_status(relay.folder))
        assert any(
            "parrocchia" in line and "presente" in line for line in status_lines(read_status(relay.folder), "it")
        )
        caller.close()


def _members(relay: ServedRelay) -> list[dict[str, object]]:
    found: list[dict[str, object]] = read_status(relay.folder)["members"]
    return [one for one in found if one["member"] == "parrocchia" and one["connections"]]
