"""How a node hears, how soon it stops trusting, and what no registry can make it believe: real metadata, in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from maglia.core.errors import Code
from maglia.core.network_file import NetworkFile
from maglia.core.vocabulary import DEGRADED_S
from node.health import DIRECTORY, Health
from node.network.rumours import Rumours
from node.network.trust import NetworkTrust
from tests.integration.test_trust import HOUR, Clock, Registry, Start, card_of, root, started
from tests.peer_world import COMUNE, NETWORK, PARISH, refused, tls


@pytest.fixture
def registry() -> Registry:
    return Registry(cards_changed=[card_of(COMUNE), card_of(PARISH)]).publish()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(registry: Registry, clock: Clock, tmp_path: Path) -> Start:
    file = NetworkFile(NETWORK, root(), "127.0.0.1:1", "127.0.0.1:2", b"", b"")
    return lambda: NetworkTrust(tmp_path, file, registry, clock, poll_s=600)  # type: ignore[arg-type]  # its peer in memory


@asynccontextmanager
async def kept_fresh(trust: NetworkTrust) -> AsyncIterator[None]:
    """Keep a node's trust fresh, as its process does."""

    async def on_bundle(_bundle: bytes) -> None:
        return None

    task = asyncio.create_task(trust.keep_fresh(on_bundle))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def told(trust: NetworkTrust) -> AsyncIterator[asyncio.Event]:
    """Yield what is set whenever listeners are told."""
    heard = asyncio.Event()
    trust.listen(heard.set)
    async with kept_fresh(trust), asyncio.timeout(20):
        yield heard


# news between bodies


async def test_what_another_body_trusts_is_a_reason_to_ask_the_registry_at_once(
    make: Start, registry: Registry
) -> None:
    trust = await started(make)
    async with told(trust) as heard:
        registry.suspended = [PARISH.id]
        registry.publish()
        trust.heard(trust.timestamp_version())  # no news: nobody asks
        await asyncio.sleep(0.1)
        assert not heard.is_set()
        trust.heard(registry.version)
        await heard.wait()
    with refused(Code.MEMBER_INACTIVE):
        trust.peer(PARISH.id)


async def test_a_body_that_lies_about_news_is_believed_less_and_less() -> None:
    now = 0.0
    rumours = Rumours(longest_s=60, clock=lambda: now)
    asked = 0
    for _ in range(3600):
        now += 1
        rumours.heard(2**63, known=7)
        if rumours.wake.is_set():
            asked += 1
            rumours.wake.clear()
            rumours.proved(known=7)
    assert asked < 80
    now += 60
    rumours.heard(8, known=7)
    rumours.proved(known=8)
    now += 60
    rumours.heard(9, known=8)
    assert rumours.wake.is_set()


# cut off


async def test_a_node_cut_off_degrades_first_and_refuses_at_expiry(
    make: Start, registry: Registry, clock: Clock
) -> None:
    trust = await started(make)
    health = Health(trust.problems)
    door = await health.door()

    async def serves() -> tuple[bool, bool]:
        await health.look()
        whole, part = [
            await door.Check(HealthCheckRequest(service=name), None)  # type: ignore[arg-type]  # it reads no context
            for name in ("", DIRECTORY)
        ]
        return whole.status == HealthCheckResponse.SERVING, part.status == HealthCheckResponse.SERVING

    registry.down = True
    assert (trust.problems(), await serves()) == ([], (True, True))
    clock.instant += DEGRADED_S
    assert (trust.problems(), await serves()) == ([Code.DIRECTORY_STALE], (True, False))
    assert trust.directory().version == 1  # degraded, and still in use
    clock.instant += HOUR
    assert (trust.problems(), await serves()) == ([Code.DIRECTORY_EXPIRED], (False, False))
    with refused(Code.DIRECTORY_EXPIRED):
        trust.caller(tls(COMUNE.id).der)
    registry.down = False
    registry.timestamp_s = 3 * HOUR
    registry.publish()
    await trust.refresh()
    assert (trust.problems(), await serves()) == ([], (True, True))


async def test_listeners_hear_of_an_expiry_though_nothing_arrives(
    make: Start, registry: Registry, clock: Clock
) -> None:
    registry.timestamp_s = 2.0
    registry.publish()
    trust = await started(make)
    registry.down = True
    clock.instant = time.time()

    def real_time() -> float:
        return time.time()

    clock.now = real_time  # type: ignore[method-assign]  # from here on time passes by itself
    async with told(trust) as heard:
        await heard.wait()
    with refused(Code.DIRECTORY_EXPIRED):
        trust.directory()


# a registry that lies, or was restored


async def test_a_frozen_timestamp_holds_until_its_end_and_not_a_moment_more(
    make: Start, registry: Registry, clock: Clock
) -> None:
    """Whoever holds the line can replay the last good answer; all it gains is the time until that answer expires."""
    trust = await started(make)
    frozen = registry.copy()
    registry.suspended = [PARISH.id]
    registry.publish()
    registry.files = frozen
    await trust.refresh()
    assert trust.problems() == []
    clock.instant += HOUR + 1
    for read in (trust.directory, lambda: trust.caller(tls(PARISH.id).der), lambda: trust.peer(PARISH.id)):
        with refused(Code.DIRECTORY_EXPIRED):
            read()


@pytest.mark.parametrize("role", ["targets", "suspensions"])
async def test_files_of_two_publications_do_not_mix(make: Start, registry: Registry, role: str) -> None:
    trust = await started(make)
    registry.suspended = [PARISH.id]
    registry.publish()
    registry.files["metadata", f"2.{role}.json"] = registry.files["metadata", f"1.{role}.json"]
    with pytest.raises(Exception) as failure:  # noqa: PT011 - whose code is what the test is about
        await trust.refresh()
    assert getattr(failure.value, "code", None) in {Code.DIRECTORY_MIXED, Code.DIRECTORY_ROLLBACK}
    assert trust.directory().version == 1


async def test_a_registry_restored_from_an_older_backup_brings_nobody_back(
    make: Start, registry: Registry, tmp_path: Path
) -> None:
    """At first it is refused as old; later its numbers pass ours again, and what was heard once still holds."""
    backup, version = registry.copy(), registry.version
    registry.suspended = [PARISH.id]
    registry.publish()
    trust = await started(make)
    registry.files, registry.version, registry.suspended = backup, version, []
    with refused(Code.DIRECTORY_ROLLBACK):
        await trust.refresh()
    for _ in range(3):
        registry.publish()
    for reader in (trust, await started(make)):
        with suppress(Exception):
            await reader.refresh()
        with refused(Code.MEMBER_INACTIVE):
            reader.caller(tls(PARISH.id).der)
    assert (tmp_path / "suspended.json").is_file()
