"""Hosted bodies under system users of their own: what one's node cannot reach of another's.

Runs as root on a private copy of /etc, in mount namespaces, so that the machine's own users stay as they are.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.forks import Ran
from node.hosting.users import user_of
from tests.integration.registry_world import World, copy_of, make_template, served
from tests.integration.test_hosting import EST, SUD, Machine

pytestmark = pytest.mark.long
PYTHON = Path(sys.executable).resolve().parents[1]
PRELUDE = """set -e
mount --bind "$PRIVATE_ETC" /etc
case "$PYTHON_HOME" in /root/*)
    mount --bind "$PYTHON_HOME" /mnt
    mount -t tmpfs -o mode=755 tmpfs /root
    mkdir -p "$PYTHON_HOME"
    mount --bind /mnt "$PYTHON_HOME";;
esac
exec "$@"
"""
"""Makes Python reachable for other users, where it was installed for root alone."""


def may_unshare() -> bool:
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None or not shutil.which("setpriv") or not shutil.which("useradd"):
        return False
    tried = [unshare, "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@dataclass
class OwnUsers(Machine):
    """A machine with its own /etc."""

    def inside(self, command: list[str], **environment: str) -> Ran:
        """Run a program on this machine."""
        given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MAGLIA_HOST_DIR": str(self.root), **environment}
        given = {"PYTHON_HOME": str(PYTHON), "PRIVATE_ETC": str(self.root.parent / f"etc-{self.root.name}"), **given}
        entered = ["unshare", "-m", "sh", "-c", PRELUDE, "sh", *command]
        done = subprocess.run(entered, env=given, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    async def ran(self, *words: str, **environment: str) -> Ran:
        command = [sys.executable, "-P", "-m", "node", "host", *words]
        return await asyncio.to_thread(self.inside, command, **environment)

    async def began(self) -> None:
        etc = self.root.parent / f"etc-{self.root.name}"
        shutil.copytree("/etc", etc, symlinks=True)
        # Two machines on one kernel: their users' numbers must not meet.
        highest = {"uno": 799, "due": 599}[self.root.name]
        (etc / "login.defs").write_text(
            f"SYS_UID_MIN 400\nSYS_UID_MAX {highest}\nSYS_GID_MIN 400\nSYS_GID_MAX {highest}\n"
        )
        ports = {"uno": "23500-23539", "due": "23540-23579"}[self.root.name]
        await self.did("init", "--address", "127.0.0.1", "--ports", ports)

    def uid(self, member: str) -> int:
        lines = (self.root.parent / f"etc-{self.root.name}" / "passwd").read_text().splitlines()
        found = [int(line.split(":")[2]) for line in lines if line.startswith(f"{user_of(member)}:")]
        return found[0] if found else -1

    def as_user(self, member: str, *command: str) -> Ran:
        user = user_of(member)
        return self.inside(["setpriv", "--reuid", user, "--regid", user, "--init-groups", *command])

    def pid(self, member: str) -> int:
        pid: int = json.loads((self.host.folder(member) / "ready.json").read_bytes())["pid"]
        return pid

    def status(self, member: str) -> str:
        return Path(f"/proc/{self.pid(member)}/status").read_text()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with served(copy_of(make_template(tmp_path / "template"), tmp_path / "registry")) as world:
        yield world


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that other users may pass through, unlike those of tests."""
    folder = Path(tempfile.mkdtemp(prefix="maglia-host-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not may_unshare(), reason="needs root, mount namespaces, useradd and setpriv")
async def test_each_body_has_a_user_and_reads_no_others_files(world: World, passable: Path) -> None:
    here, there = OwnUsers(passable / "uno", world), OwnUsers(passable / "due", world)
    try:
        for each in (here, there):
            await each.began()
        await here.joined(EST, 1)
        await here.joined(SUD, 2)
        await here.did("start")
        uids = {member: here.uid(member) for member in (EST, SUD)}
        assert len(set(uids.values())) == 2
        assert min(uids.values()) > 0
        for member, uid in uids.items():
            status = here.status(member)
            assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}" in status
            assert "CapEff:\t0000000000000000" in status
            assert "NoNewPrivs:\t1" in status
            folder = here.host.folder(member)
            assert {path.lstat().st_uid for path in [folder, *folder.rglob("*")]} == {uid}
        _reads_its_own_alone(here)
        with pytest.raises(AssertionError, match=r"storage\.exists"):
            await here.did("add", EST, "--network-file", str(passable / "rete.json"))

        os.kill(here.pid(SUD), signal.SIGKILL)
        while (await here.states())[SUD][0]:  # noqa: ASYNC110 - the other side tells nobody
            await asyncio.sleep(0.05)
        await here.did("start")  # the one that runs keeps running
        assert await here.states() == {EST: (True, True, False), SUD: (True, True, False)}
        archive, secret = passable / "est.maglia-node", {"MAGLIA_ARCHIVE_PASSPHRASE": "una frase per il viaggio"}
        link = here.host.folder(EST) / "link"
        link.symlink_to("/etc/hostname")
        assert await here.failed("export", EST, "--out", str(archive), **secret) == (1, "storage.folder")
        link.unlink()
        assert await here.states() == {EST: (True, True, False), SUD: (True, True, False)}
        assert not archive.exists()
        await here.did("export", EST, "--out", str(archive), **secret)
        assert (archive.stat().st_uid, archive.stat().st_mode & 0o777) == (0, 0o600)
        arrived = await there.did("import", str(archive), **secret)
        await there.did("start", EST)
        assert there.published(EST) == arrived["peer"]
        await here.did("remove", EST)
        assert here.uid(EST) == -1
        assert here.uid(SUD) == uids[SUD]
        assert (await there.states()) == {EST: (True, True, False)}
    finally:
        for each in (here, there):
            await each.ran("stop")


def _reads_its_own_alone(here: OwnUsers) -> None:
    own, other = here.host.folder(EST), here.host.folder(SUD)
    assert here.as_user(EST, "cat", str(own / "node.toml")).status == 0
    closed = [
        ("cat", str(other / "node.toml")),
        ("ls", str(other)),
        ("cat", str(here.host.home(SUD) / "passphrase")),
        ("cat", str(here.host.home(EST) / "passphrase")),
        ("cat", str(here.host.home(EST) / "node.log")),
        ("cat", str(here.root / "bodies.json")),
        ("ls", str(here.root / "bodies")),
        ("cat", f"/proc/{here.pid(SUD)}/environ"),
        ("kill", "-0", str(here.pid(SUD))),
    ]
    for command in closed:
        tried = here.as_user(EST, *command)
        assert (tried.status != 0, "ermi" in tried.err) == (True, True), command


@pytest.mark.skipif(not (may_unshare() and PYTHON.is_relative_to("/root")), reason="needs a Python of root's alone")
async def test_a_program_that_a_bodys_user_may_not_read_is_told(world: World, passable: Path) -> None:
    here = OwnUsers(passable / "uno", world)
    shutil.copytree("/etc", passable / "etc-uno", symlinks=True)
    tried = await here.failed("init", "--address", "127.0.0.1", PYTHON_HOME="/nowhere")
    assert tried == (1, "storage.folder")
    assert not here.root.exists()


async def test_without_root_only_a_trial_can_host(tmp_path: Path, world: World) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to be somebody else")
    for own in (("--same-user",), ()):
        command = [sys.executable, "-P", "-c", _AS_NOBODY, "host", "init", "--address", "127.0.0.1", *own]
        machine = Machine(tmp_path / "x", world)
        done = subprocess.run(  # noqa: ASYNC221 - nobody else waits
            [*command, "--dir", str(machine.root), "--json"], capture_output=True, text=True, check=False
        )
        said = json.loads(done.stdout)
        expected = (4, "input.host_rights") if not own else (0, None)
        assert (done.returncode, said.get("code")) == expected


_AS_NOBODY = "import os; os.geteuid = lambda: 65534; from node.__main__ import main; main()"
