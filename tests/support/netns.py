"""Machines of their own on one computer: network namespaces with their own addresses, and homes behind a router.

    the street, 203.0.113.0/24, where every address is public
       |            |             |
    machine      machine       router (NAT) --- slow line --- machine at home, 192.168.1.2

Needs to be root on Linux; `why_not` says what is missing.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from tests.support.masquerade import masquerade
from tests.support.slow_line import SlowLine, open_end

T = TypeVar("T")
_NET = 0x40000000
_STREET = "203.0.113"
_HOME, _ROUTER = "192.168.1.2", "192.168.1.1"


@dataclass(frozen=True)
class Machine:
    """One machine: its namespace, its address, and what to put before a command so that it runs there."""

    namespace: str
    address: str

    @property
    def within(self) -> tuple[str, ...]:
        """Return the beginning of the command line of whatever runs on this machine."""
        return shutil.which("nsenter") or "nsenter", f"--net=/run/netns/{self.namespace}"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command here to its end, whatever that is."""
        return subprocess.run([*self.within, *command], capture_output=True, text=True, timeout=60, check=False)

    def inside(self, work: Callable[[], T]) -> T:
        """Return what work done by a thread on this machine returns, or raise what it raises."""
        results: list[T] = []
        errors: list[BaseException] = []

        def there() -> None:
            try:
                _enter(self.namespace)
                results.append(work())
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=there)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return results[0]


@dataclass(frozen=True)
class Home:
    """A machine with no public address; its line to the router, and the router's way out into the street."""

    machine: Machine
    router: Machine
    line: SlowLine

    def cut(self) -> None:
        """Take the router's way out down: whoever has connections is told nothing."""
        _ip("-n", self.router.namespace, "link", "set", "street", "down")

    def mend(self) -> None:
        """Put it back."""
        _ip("-n", self.router.namespace, "link", "set", "street", "up")

    def readdress(self, address: str) -> None:
        """Give the router another public address, as providers do: whoever has connections is told nothing."""
        _ip("-n", self.router.namespace, "addr", "flush", "dev", "street")
        _ip("-n", self.router.namespace, "addr", "add", f"{address}/24", "dev", "street")


class Street:
    """Where machines with public addresses are."""

    def __init__(self, stack: ExitStack, prefix: str) -> None:
        self._stack, self._prefix = stack, prefix
        self._number = 0
        self._bridge = self._namespace("strada")
        _ip("-n", self._bridge, "link", "add", "street", "type", "bridge")
        _ip("-n", self._bridge, "link", "set", "street", "up")

    def machine(self, name: str) -> Machine:
        """Return a new machine with a public address."""
        self._number += 1
        namespace, address = self._namespace(name), f"{_STREET}.{self._number}"
        port = f"port{self._number}"
        _ip("-n", namespace, "link", "add", "street", "type", "veth", "peer", "name", port, "netns", self._bridge)
        _ip("-n", self._bridge, "link", "set", port, "master", "street", "up")
        _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "street")
        _ip("-n", namespace, "link", "set", "street", "up")
        return Machine(namespace, address)

    def home(self, name: str, delay_s: float = 0.0, loss: float = 0.0) -> Home:
        """Return a new machine behind a router of its own, whose address alone is public."""
        router = self.machine(f"{name}-r")
        machine = Machine(self._namespace(name), _HOME)
        ends = router.inside(lambda: open_end("home")), machine.inside(lambda: open_end("line"))
        line = SlowLine(*ends, delay_s, loss)
        self._stack.callback(line.close)
        for namespace, end, address in ((router.namespace, "home", _ROUTER), (machine.namespace, "line", _HOME)):
            _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", end)
            _ip("-n", namespace, "link", "set", end, "up")
        _ip("-n", machine.namespace, "route", "add", "default", "via", _ROUTER)
        router.inside(lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1", "ascii"))
        router.inside(masquerade)
        return Home(machine, router, line)

    def _namespace(self, name: str) -> str:
        full = f"{self._prefix}-{name}"
        _ip("netns", "add", full)
        self._stack.callback(_ip, "netns", "del", full)
        _ip("-n", full, "link", "set", "lo", "up")
        return full


@contextmanager
def open_street() -> Iterator[Street]:
    """Yield a street that is gone afterwards, with all its machines; raises what `why_not` tells of."""
    with ExitStack() as stack:
        yield Street(stack, f"maglia-{os.getpid()}-{next(_numbers)}")


_numbers = iter(range(10**6))


@cache
def why_not() -> str:
    """Return why this computer has no such machines; empty where it has."""
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("nsenter"):
        return "network namespaces need root, and the programs ip and nsenter"
    try:
        with open_street() as street:
            street.home("prova")
    except (OSError, subprocess.SubprocessError) as error:
        return f"this kernel gives no namespaces with NAT and TUN: {error}"
    return ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=60, check=True)


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/run/netns/{namespace}").open("rb") as file:
        if libc.setns(file.fileno(), _NET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
