"""What a host keeps of itself: its address, its ports, and which bodies it hosts; one folder, root's own.

host.json            address, ports, how bodies run
bodies.json          each body's system user and ports
bodies/ID/           readable by root alone, but for the way through
    node/            the body's folder, its system user's own
    passphrase       of the body's keystore, for a start without anybody
    network.json     the network file it began from
    node.log         what the node says, where systemd does not keep it
"""

from __future__ import annotations

import fcntl
import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import make_folder, write_private

HOST_FILE = "host.json"
BODIES_FILE = "bodies.json"


@dataclass(frozen=True)
class Plan:
    """How a machine hosts. `address` is what callers and consoles reach it by; ports are inclusive.

    `units` is the folder of systemd's units; empty where nodes are started by the command itself. Without `own_users`
    all bodies run as whoever runs the command, who can then read them as one: for trials.
    """

    address: str
    first_port: int
    last_port: int
    own_users: bool
    units: str


@dataclass(frozen=True)
class Hosted:
    """One body of a host: the system user its node runs as (empty: nobody's own), and its two addresses."""

    member: str
    user: str
    peer: str
    front: str


class Host:
    """A host's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def home(self, member: str) -> Path:
        """Return what the host keeps of one body."""
        return self.root / "bodies" / member

    def folder(self, member: str) -> Path:
        """Return the body's own folder."""
        return self.home(member) / "node"

    def plan(self) -> Plan:
        """Return how this machine hosts; raise `storage.missing` or `input.setting`."""
        try:
            return Plan(**json.loads((self.root / HOST_FILE).read_bytes()))
        except FileNotFoundError as error:
            raise MagliaError(Code.STORAGE_MISSING, path=HOST_FILE, command="maglia-node host init") from error
        except PermissionError as error:
            raise MagliaError(Code.INPUT_HOST_RIGHTS) from error
        except json.JSONDecodeError as error:
            raise MagliaError(Code.INPUT_TOML, file=HOST_FILE, line=error.lineno) from error
        except (ValueError, TypeError) as error:
            raise MagliaError(Code.INPUT_SETTING, field=HOST_FILE, source=HOST_FILE) from error

    def begin(self, plan: Plan) -> None:
        """Make the host's folder; raise `storage.exists` rather than change an old one, or `storage.folder`."""
        if (self.root / HOST_FILE).exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=str(self.root / HOST_FILE))
        for folder in (self.root, self.root / "bodies"):
            make_folder(folder, 0o711)
            folder.chmod(0o711)  # each body's user passes through, and sees no other's name
        write_private(self.root / HOST_FILE, json.dumps(asdict(plan)).encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one command at a time change what is hosted."""
        self.plan()
        with (self.root / "host.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def bodies(self) -> dict[str, Hosted]:
        """Return the bodies by name, in order."""
        try:
            found = json.loads((self.root / BODIES_FILE).read_bytes())
        except FileNotFoundError:
            return {}
        return {one["member"]: Hosted(**one) for one in found}

    def body(self, member: str) -> Hosted:
        """Return one body; raise `input.host_unknown`."""
        self.plan()
        try:
            return self.bodies()[member]
        except KeyError:
            raise MagliaError(Code.INPUT_HOST_UNKNOWN, member=member) from None

    def put(self, body: Hosted) -> None:
        """List a body."""
        self._write({**self.bodies(), body.member: body})

    def forget(self, member: str) -> None:
        """Strike a body off the list."""
        self._write({name: one for name, one in self.bodies().items() if name != member})

    def passphrase(self, member: str) -> str:
        """Return the passphrase of a body's keystore: whoever is root here can read it, and so the body's data."""
        return (self.home(member) / "passphrase").read_text("utf-8").strip()

    def make_home(self, member: str) -> Path:
        """Make the place of a body, with a new passphrase; raise `storage.exists`."""
        home = self.home(member)
        if home.exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=str(home))
        home.mkdir(mode=0o711)
        home.chmod(0o711)
        write_private(home / "passphrase", secrets.token_urlsafe(24).encode())
        self.folder(member).mkdir(mode=0o700)
        return home

    def free_ports(self) -> tuple[int, int]:
        """Return two ports of the range that no body has and nobody listens on; raise `input.host_ports`."""
        plan = self.plan()
        taken = {_port(address) for one in self.bodies().values() for address in (one.peer, one.front)}
        free = (port for port in range(plan.first_port, plan.last_port + 1) if port not in taken and _is_free(port))
        first, second = next(free, None), next(free, None)
        if first is None or second is None:
            source = str(self.root / HOST_FILE)
            raise MagliaError(Code.INPUT_HOST_PORTS, first=plan.first_port, last=plan.last_port, source=source)
        return first, second

    def _write(self, bodies: Mapping[str, Hosted]) -> None:
        listed = [asdict(bodies[member]) for member in sorted(bodies)]
        write_private(self.root / BODIES_FILE, json.dumps(listed, indent=1).encode())


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
