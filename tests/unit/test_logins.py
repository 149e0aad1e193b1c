"""Guessing passwords: slower at each failure, wherever it comes from, and nobody else's failures keep the owner out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.wire.clients import client_of
from maglia.wire.logins import (
    FAMILIAR,
    FREE,
    GAP_S,
    HASHED_AT_ONCE,
    KEPT,
    LONGEST_S,
    OF_ONE_CLIENT,
    OF_ONE_NAME,
    WAITING,
    Logins,
)

HERE, THERE = "192.0.2.1", "198.51.100.7"


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def logins(clock: Clock) -> Logins:
    return Logins(clock, lambda: 0.5)


async def fail(logins: Logins, user: str = "anna", client: str = HERE) -> int:
    """Try a wrong password; return how many seconds to wait first, 0 if it was looked at."""
    with pytest.raises(MagliaError) as failure:
        async with logins.attempt(user, client):
            raise MagliaError(Code.SESSION_CREDENTIALS)
    return int(failure.value.params["seconds"]) if failure.value.code is Code.SESSION_THROTTLED else 0


async def enter(logins: Logins, user: str = "anna", client: str = HERE) -> None:
    """Log in with the right password."""
    async with logins.attempt(user, client):
        pass


async def test_five_are_free_and_then_the_wait_doubles(logins: Logins, clock: Clock) -> None:
    assert [await fail(logins) for _ in range(FREE)] == [0] * FREE
    waits = []
    for _ in range(12):
        waits.append(await fail(logins))
        clock.now += waits[-1]
        assert await fail(logins) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert max(waits) == LONGEST_S


async def test_the_right_password_forgives_what_came_before(logins: Logins) -> None:
    for _ in range(4):
        await fail(logins)
    await enter(logins)
    assert [await fail(logins) for _ in range(FREE)] == [0] * FREE


async def test_even_the_right_password_waits_after_failures_from_the_same_address(logins: Logins) -> None:
    for _ in range(FREE):
        await fail(logins)
    with pytest.raises(MagliaError) as failure:
        await enter(logins)
    assert failure.value.code is Code.SESSION_THROTTLED


async def test_a_hundred_at_once_are_not_all_the_first(logins: Logins) -> None:
    begun = 0
    for _ in range(100):
        with suppress(MagliaError):
            logins._count(b"one pair")
            begun += 1
    assert begun == FREE


async def test_twenty_a_second_from_elsewhere_keep_nobody_out(logins: Logins, clock: Clock) -> None:
    """Ten minutes of it, with an officer who comes from an address that has never been seen."""
    looked_at = 0
    for _ in range(20 * 600):
        clock.now += 0.05
        looked_at += await fail(logins, client=THERE) == 0
    await enter(logins)
    assert looked_at < 20


async def test_addresses_without_number_do_not_keep_out_who_was_here_before(logins: Logins) -> None:
    await enter(logins)
    looked_at = sum([await fail(logins, client=f"stranger-{number}") == 0 for number in range(1_000)])
    assert OF_ONE_NAME - 1 <= looked_at <= OF_ONE_NAME
    await enter(logins)


async def test_guesses_of_all_addresses_together_are_bounded_and_strangers_still_get_in(clock: Clock) -> None:
    logins = Logins(clock)
    looked_at, entered_at = 0, 0.0
    for second in range(3600):
        for each in range(2):
            clock.now += 0.3
            looked_at += await fail(logins, client=f"stranger-{second}-{each}") == 0
        clock.now += 0.4
        if not entered_at and second > 600 and second % 3 == 0:
            with suppress(MagliaError):
                await enter(logins, client=f"officer-{second}")
                entered_at = second
    assert OF_ONE_NAME < looked_at < OF_ONE_NAME + 2 * 3600 / GAP_S
    assert entered_at, "a share of the attempts is looked at, whoever makes them"


async def test_one_address_does_not_try_name_after_name(logins: Logins, clock: Clock) -> None:
    tried = [await fail(logins, f"nobody-{number}") for number in range(OF_ONE_CLIENT + 1)]
    assert tried == [0] * OF_ONE_CLIENT + [60]
    assert await fail(logins, "ivo", THERE) == 0
    clock.now += 60
    assert await fail(logins, "ivo") == 0


async def test_many_who_log_in_behind_one_address_are_no_guessers(logins: Logins) -> None:
    for number in range(5 * OF_ONE_CLIENT):
        await enter(logins, f"volontaria-{number}")


async def test_few_are_hashed_at_once_and_strangers_never_wait_before_the_familiar(logins: Logins) -> None:
    await enter(logins)
    gate, begun = asyncio.Event(), 0

    async def stay(number: int) -> None:
        nonlocal begun
        async with logins.attempt(f"nobody-{number}", f"stranger-{number}"):
            begun += 1
            await gate.wait()

    crowd = [asyncio.create_task(stay(number)) for number in range(HASHED_AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert begun == HASHED_AT_ONCE
    assert await fail(logins, "nobody", THERE) > 0
    await enter(logins)
    gate.set()
    await asyncio.gather(*crowd)
    assert await fail(logins, "ivo", THERE) == 0


async def test_what_is_remembered_is_bounded(logins: Logins) -> None:
    for number in range(KEPT + 10):
        await fail(logins, f"nobody-{number}", f"stranger-{number}")
    assert (len(logins._tried), len(logins._names)) == (KEPT, KEPT)
    for number in range(FAMILIAR + 2):
        await enter(logins, client=f"place-{number}")
    (own,) = logins._familiar.values()
    assert len(own) == FAMILIAR


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("ipv4:192.0.2.1:50123", "192.0.2.1"),
        ("ipv6:%5B2001:db8:0:7::1%5D:50123", "2001:db8:0:7::/64"),
        ("ipv6:[2001:db8:0:7:aaaa::2]:1", "2001:db8:0:7::/64"),
        ("ipv6:%5B::ffff:192.0.2.1%5D:50123", "192.0.2.1"),
        ("ipv6:%5Bfe80::1%25eth0%5D:50123", "fe80::/64"),
        ("unix:/run/maglia.sock", ""),
        ("", ""),
    ],
)
def test_a_client_is_its_address_without_the_port(peer: str, client: str) -> None:
    assert client_of(peer) == client
