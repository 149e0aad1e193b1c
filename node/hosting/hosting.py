"""What a host does with its bodies: take in, let go, move; each step through the body's own commands and user."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_member_id
from maglia.core.keystore import check_new_passphrase
from node.folder import DATABASE_FILE, MOVED_FILE
from node.hosting import users
from node.hosting.plan import Host, Hosted, Plan
from node.hosting.running import runner_of
from node.hosting.sealed import read_header
from node.hosting.units import RUNNING, Units

_CARD_FILE = "card.bin"
_APPLICATION_FILE = "application.bin"
SYSTEM_UNITS = "/etc/systemd/system"


class BodyCommandError(Exception):
    """A command run as a body's user failed; its document (`maglia.error/1`) and its exit status are its own."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.said = said


@dataclass(frozen=True)
class Standing:
    """How a hosted body stands: `runs`; `joined`, it has a card; `moved`, it left; `bytes` of its folder."""

    body: Hosted
    runs: bool
    joined: bool
    moved: bool
    bytes: int


def begin(root: Path, address: str, first_port: int, last_port: int, *, own_users: bool) -> Plan:
    """Make this machine a host; raise `input.host_rights`, `input.setting`, `storage.exists`, `storage.folder`.

    With users of their own bodies run under systemd, where it runs this machine.
    """
    users.check_rights(own_users=own_users)
    if own_users:
        users.check_program_is_open()
    _check_ports(address, first_port, last_port)
    units = SYSTEM_UNITS if own_users and RUNNING.is_dir() else ""
    plan, host = Plan(address, first_port, last_port, own_users, units), Host(root)
    host.begin(plan)
    if units:
        Units(host.root, plan, host.root / "host.log").begin()
    return plan


def add(host: Host, member: str, network_file: Path, *, remote: bool) -> tuple[Hosted, dict[str, Any]]:
    """Make room for a body and its fresh keys; return it and what `init` said. Nothing is left of a try that failed."""
    content = _content(network_file)
    with host.locked():
        body = _settle(host, check_member_id(member))
        try:
            public = host.home(member) / "network.json"
            public.write_bytes(content)
            public.chmod(0o644)
            where = ("--member", member, "--peer", body.peer, "--front", body.front)
            wanted = ("--remote",) if remote else ()
            said = run_document(host, body, "init", "--network-file", str(public), *where, *wanted)
        except BaseException:
            _clear(host, body)
            raise
        return body, said


def remove(host: Host, member: str, *, erase: bool) -> None:
    """Take a body off this machine: process, unit, folder, user. Raises `storage.hosted` while its data is only here.

    With `erase` they are destroyed all the same.
    """
    with host.locked():
        body = host.body(member)
        if not erase and not _is_elsewhere(host.folder(member)):
            raise MagliaError(Code.STORAGE_HOSTED, member=member)
        runner_of(host).stop(body)
        _clear(host, body)


def leave(host: Host, member: str, out: BinaryIO, passphrase: str) -> dict[str, Any]:
    """Stop a body's node and seal it into `out`; from here on it does not serve from this machine.

    Returns what `backup` said. Raises `input.passphrase` before anything is stopped; a node that could not leave, for
    want of room perhaps, serves again.
    """
    check_new_passphrase(passphrase)
    with host.locked():
        body, runner = host.body(member), runner_of(host)
        ran = runner.runs(body)
        runner.stop(body)
        try:
            more = {"MAGLIA_ARCHIVE_PASSPHRASE": passphrase}
            return _run(host, body, ("backup", "--out", "-", "--move"), more, stdout=out)
        except BaseException:
            if ran and not _is_moved(host.folder(member)):
                runner.start(body)  # it did not leave: it goes on answering
            raise


def arrive(host: Host, source: BinaryIO, passphrase: str, *, remote: bool) -> tuple[Hosted, dict[str, Any]]:
    """Take in a body from its archive, at new ports; return it and what `restore` said.

    Whose archive it is can be read from outside; all else is opened by the body's own user. `source` is a file:
    `input.file` for a pipe, which cannot be read from its beginning twice.
    """
    if not source.seekable():
        raise MagliaError(Code.INPUT_FILE, file="-", cause="a pipe")
    header = read_header(source)
    os.lseek(source.fileno(), 0, os.SEEK_SET)  # the body's program reads the file itself, from its beginning
    with host.locked():
        body = _settle(host, header.member)
        try:
            where = ("--peer", body.peer, "--front", body.front, "--remote" if remote else "--no-remote")
            more = {"MAGLIA_ARCHIVE_PASSPHRASE": passphrase}
            return body, run_document(host, body, "restore", "-", *where, stdin=source, **more)
        except BaseException:
            _clear(host, body)
            raise


def standings(host: Host) -> list[Standing]:
    """Return how each body stands, in order of name."""
    plan_runner = runner_of(host)
    return [_standing(host, body, runs=plan_runner.runs(body)) for body in host.bodies().values()]


def run_document(
    host: Host, body: Hosted, *arguments: str, stdin: BinaryIO | None = None, **more: str
) -> dict[str, Any]:
    """Run one of the body's commands as its user and return its document; raise `BodyCommandError`."""
    return _run(host, body, arguments, more, stdin=stdin)


def _run(
    host: Host,
    body: Hosted,
    arguments: tuple[str, ...],
    more: Mapping[str, str],
    *,
    stdin: BinaryIO | None = None,
    stdout: BinaryIO | None = None,
) -> dict[str, Any]:
    """Where the output has another use, `stdout`, the document is the last line of what is said beside it."""
    folder = host.folder(body.member)
    done = subprocess.run(
        users.command_of(body.user, *arguments, "--dir", str(folder), "--json"),
        stdin=stdin or subprocess.DEVNULL,
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=users.environment_of(folder, host.passphrase(body.member), **more),
        cwd=folder.parent,
        check=False,
    )
    told = (done.stdout or done.stderr).decode(errors="replace").strip()
    said = told.splitlines()[-1] if told else ""
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(said)
        return found
    if "maglia.error/1" not in said:  # not even its program ran: one that the body's user may not read, perhaps
        log = host.root / "host.log"
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{body.member} {arguments[0]}: {told}\n")
        raise MagliaError(Code.NETWORK_PROCESS, name=f"maglia-node {arguments[0]}", log=str(log), cause=said)
    raise BodyCommandError(done.returncode, said)


def attend(host: Host, member: str, arguments: list[str]) -> int:
    """Run one of a body's own commands as its user, on this terminal; return its exit status."""
    body, folder = host.body(member), host.folder(member)
    passed = {name: os.environ[name] for name in ("MAGLIA_PASSWORD",) if name in os.environ}
    environment = users.environment_of(folder, host.passphrase(member), **passed)
    command = users.command_of(body.user, *arguments, "--dir", str(folder))
    return subprocess.run(command, env=environment, check=False).returncode


def _settle(host: Host, member: str) -> Hosted:
    """Give a body its user, folder and ports, and list it; raise `storage.exists`."""
    plan = host.plan()
    users.check_rights(own_users=plan.own_users)
    if member in host.bodies():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(host.home(member)))
    peer, front = (f"{plan.address}:{port}" for port in host.free_ports())
    body = Hosted(member, users.user_of(member) if plan.own_users else "", peer, front)
    if body.user and users.exists(body.user):  # not made here: it may have files and processes
        raise MagliaError(Code.STORAGE_EXISTS, path=body.user)
    host.make_home(member)
    log = host.root / "host.log"
    try:
        if body.user:
            users.add(body.user, host.home(member), log)
            shutil.chown(host.folder(member), body.user, body.user)
        if plan.units:
            Units(host.root, plan, log).add(body)
        host.put(body)
    except BaseException:
        _clear(host, body)
        raise
    return body


def _clear(host: Host, body: Hosted) -> None:
    """Leave nothing of a body on this machine; off the list last, so that a try that failed can be repeated."""
    plan, log = host.plan(), host.root / "host.log"
    shutil.rmtree(host.home(body.member), ignore_errors=True)
    with suppress(MagliaError):
        if plan.units:
            Units(host.root, plan, log).remove(body.member)
    if body.user and users.exists(body.user):
        users.remove(body.user, log)
    host.forget(body.member)


def _standing(host: Host, body: Hosted, *, runs: bool) -> Standing:
    folder = host.folder(body.member)
    size = sum(path.lstat().st_size for path in folder.rglob("*"))
    joined, moved = (folder / _CARD_FILE).is_file(), _is_moved(folder)
    return Standing(body, runs and not moved, joined, moved, size)


def _is_elsewhere(folder: Path) -> bool:
    """Return whether nothing would be lost with the folder: the body moved, or it never was one."""
    kept = (_APPLICATION_FILE, _CARD_FILE, DATABASE_FILE)  # one that applied has the key that officers were read
    return _is_moved(folder) or not any((folder / name).exists() for name in kept)


def _is_moved(folder: Path) -> bool:
    return (folder / MOVED_FILE).is_file()


def _content(network_file: Path) -> bytes:
    try:
        return network_file.read_bytes()
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=network_file.name) from error


def _check_ports(address: str, first_port: int, last_port: int) -> None:
    try:
        one = split_endpoint(f"{address}:{first_port}")
        other = split_endpoint(f"{address}:{last_port}")
    except ValueError as error:
        example = "nodi.comune.example"
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="--address", source="--address", allowed=example) from error
    if len(one) > 1 or len(other) > 1 or last_port <= first_port:
        raise MagliaError(Code.INPUT_SETTING_VALUE, field="--ports", source="--ports", allowed="7500-7699")
