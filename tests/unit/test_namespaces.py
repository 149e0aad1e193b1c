"""The tests' own machines: a home behind NAT must be one, or else what runs in it proves nothing."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.netns import Machine, Street, open_street, why_not

_PORT = 5_000


@pytest.fixture
def street() -> Iterator[Street]:
    """Yield a street, or skip where the kernel or our rights give none."""
    if reason := why_not():
        pytest.skip(reason)
    with open_street() as street:
        yield street


def connect(at: Machine, address: str, timeout_s: float = 10.0) -> socket.socket:
    return at.inside(lambda: socket.create_connection((address, _PORT), timeout_s))


def listen(at: Machine) -> socket.socket:
    return at.inside(lambda: socket.create_server((at.address, _PORT)))


def test_a_home_reaches_the_street_behind_its_routers_address_and_is_reached_by_nobody(street: Street) -> None:
    machine, home, neighbour = street.machine("comune"), street.home("casa"), street.home("vicino")
    with listen(machine) as server, connect(home.machine, machine.address) as client:
        accepted, (seen, _) = server.accept()
        with accepted:
            assert (home.machine.address, seen) == (neighbour.machine.address, home.router.address)
            accepted.sendall(b"ciao")
            assert client.recv(4) == b"ciao"
    with listen(home.machine):
        for address in (home.machine.address, home.router.address):
            with pytest.raises(OSError, match=r"unreachable|refused"):
                connect(machine, address)


def test_a_slow_line_delays_what_passes_and_loses_some_of_it(street: Street) -> None:
    machine, home = street.machine("comune"), street.home("casa", delay_s=0.1)
    with listen(machine):
        start = time.monotonic()
        connect(home.machine, machine.address).close()
        assert time.monotonic() - start >= 0.2
    home.line.delay_s, home.line.loss = 0.0, 0.4
    with ExitStack() as stack:
        inbox = stack.enter_context(machine.inside(lambda: socket.socket(type=socket.SOCK_DGRAM)))
        inbox.bind((machine.address, _PORT))
        outbox = stack.enter_context(home.machine.inside(lambda: socket.socket(type=socket.SOCK_DGRAM)))
        for number in range(100):
            outbox.sendto(bytes([number]), (machine.address, _PORT))
        while home.line.carried + home.line.lost < 100:
            time.sleep(0.01)
        home.line.loss = 0.0
        outbox.sendto(b"the last", (machine.address, _PORT))
        inbox.settimeout(20)
        arrived = [first := inbox.recv(16)]
        while first != b"the last":
            arrived.append(first := inbox.recv(16))
    assert 10 < len(arrived) < 90


@pytest.mark.parametrize("how", ["the router's way out", "the line"])
def test_a_cut_tells_nobody_and_what_was_sent_arrives_when_it_is_over(street: Street, how: str) -> None:
    machine, home = street.machine("comune"), street.home("casa")
    with listen(machine) as server, connect(home.machine, machine.address) as client, server.accept()[0] as accepted:
        is_line = how == "the line"
        if is_line:
            home.line.is_cut = True
        else:
            home.cut()
        client.sendall(b"ciao")
        accepted.settimeout(0.3)
        with pytest.raises(TimeoutError):
            accepted.recv(4)
        if is_line:
            home.line.is_cut = False
        else:
            home.mend()
        accepted.settimeout(30)
        assert accepted.recv(4) == b"ciao"


def test_a_home_is_given_another_address(street: Street) -> None:
    machine, home = street.machine("comune"), street.home("casa")
    home.readdress("203.0.113.200")
    with listen(machine) as server, connect(home.machine, machine.address), server.accept()[0] as accepted:
        assert accepted.getpeername()[0] == "203.0.113.200"


def test_nothing_of_a_street_is_left(street: Street) -> None:
    with open_street() as another:
        named = another.home("casa").machine.namespace
        assert street.home("casa").machine.namespace != named
        assert named in _namespaces()
    assert named not in _namespaces()


def _namespaces() -> str:
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
