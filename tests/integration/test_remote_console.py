"""A console that comes from anywhere: invited on the node's machine, enrolled, let in, locked out, let in again.

The node, its commands and the console are the real ones, over TLS; the telephone is its clock and a secret.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import grpc
import pytest
from textual.widgets import Input

from maglia.core.errors import Code
from maglia.core.one_time import STEP_S, code_at
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from node.config import SETTINGS_FILE
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, PASSPHRASE, copy_of, make_template, served
from tests.peer_world import refused
from tests.support.commands import run
from tests.support.fake_node import PYTHONPATH
from tests.support.screens import wait_for
from tui.app import Console
from tui.profile import load_profile
from tui.screens.login import LoginScreen
from tui.session import Counter

PASSWORD, NEW_PASSWORD = "una parola lunga", "un'altra parola lunga"


@dataclass
class Ended:
    """A command's end."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass
class Home:
    """A volunteer's computer and telephone, and the machine of the body's node."""

    site: Site
    folder: Path
    secret: bytes = b""
    step: int = 0

    async def node(self, *arguments: str, **said: str) -> Ended:
        """Run a command on the node's machine."""
        return await ran("node", *arguments, "--dir", str(self.site.folder), "--json", **said)

    async def maglia(self, *arguments: str, otp: str = "", **said: str) -> Ended:
        """Run a command at home."""
        return await ran("tui", "--profile", str(self.folder / "anna.toml"), *arguments, otp=otp, **said)

    async def digits(self) -> str:
        """Return what the telephone shows, once it is not what was used before."""
        while int(time.time()) // STEP_S <= self.step:  # noqa: ASYNC110 - what is awaited is the time
            await asyncio.sleep(0.1)
        self.step = int(time.time()) // STEP_S
        return code_at(self.secret, time.time())

    def ahead(self) -> str:
        """Return what a telephone whose clock is half a minute ahead shows: another code without any waiting."""
        self.step = int(time.time()) // STEP_S + 1
        return code_at(self.secret, self.step * STEP_S)

    async def enrol(self) -> Ended:
        """Invite, then enrol as a person does: read the QR's address, type what the telephone shows."""
        code = (await self.node("device", "invite", "--user", "anna")).document["code"]
        profile = str(self.folder / "anna.toml")
        console = await started("tui", "--profile", profile, "device", "enrol", code, "--name", "portatile", "--json")
        assert console.stdin is not None
        assert console.stderr is not None
        shown = b""
        while b"otpauth:" not in shown:
            shown = await asyncio.wait_for(console.stderr.readline(), 60)
            assert shown, "the QR's address is shown"
        address = urlsplit(shown.decode().strip())
        self.secret = b32decode(parse_qs(address.query)["secret"][0])
        # The code of the half minute before leaves the present one for a login; not where it is about to end.
        self.step = int(time.time()) // STEP_S - (time.time() % STEP_S < STEP_S - 10)
        typed = "000000\n" + code_at(self.secret, self.step * STEP_S) + "\n"
        out, err = await console.communicate(typed.encode())
        assert console.returncode is not None
        return Ended(console.returncode, out.decode(), err.decode())


async def started(program: str, *arguments: str) -> asyncio.subprocess.Process:
    """Start a command that is spoken with."""
    pipe = asyncio.subprocess.PIPE
    command = sys.executable, "-P", "-m", program, *arguments
    return await asyncio.create_subprocess_exec(*command, env=environment_of(), stdin=pipe, stdout=pipe, stderr=pipe)


def environment_of(**said: str) -> dict[str, str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("MAGLIA_")}
    given = {"MAGLIA_PASSPHRASE": PASSPHRASE, "MAGLIA_PASSWORD": PASSWORD, "PYTHONPATH": PYTHONPATH, **said}
    return plain | {key: value for key, value in given.items() if value}


async def ran(program: str, *arguments: str, otp: str = "", **said: str) -> Ended:
    """Run `node` or `tui` to its end, the node going on serving meanwhile."""
    environment = environment_of(MAGLIA_OTP=otp, **said)
    return Ended(*await asyncio.to_thread(run, program, *arguments, environment=environment))


@asynccontextmanager
async def living(tmp_path: Path) -> AsyncIterator[Home]:
    """A body whose node lets enrolled consoles in alone, and a volunteer's home with a profile."""
    async with served(copy_of(make_template(tmp_path / "office"), tmp_path / "registry")) as world:
        [site] = await joined(world, tmp_path, "parrocchia-nord")
        home = Home(site, tmp_path / "home")
        home.folder.mkdir()
        assert (await home.node("operator", "add", "anna", "--role", "volunteer")).status == 0
        with (site.folder / SETTINGS_FILE).open("a") as settings:
            settings.write("remote = true\n")
        async with site.serving():
            out = str(home.folder / "anna.toml")
            assert (await home.node("profile", "--user", "anna", "--out", out)).status == 0
            yield home


async def raw_login(site: Site) -> Code:
    """Log in with user and password alone, as any program could."""
    async with open_channel(site.settings().front, site.member, NETWORK, site.keys.front.certificate) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await OperatorServiceStub(channel).LoginOperator(pb.LoginOperatorRequest(user="anna", password=PASSWORD))
    return error_of(failure.value).code


async def test_a_console_from_anywhere(tmp_path: Path) -> None:
    async with living(tmp_path) as home:
        before = await home.maglia("status", "--json")
        assert (before.status, before.document["code"]) == (4, "session.device_needed")
        assert await raw_login(home.site) is Code.SESSION_DEVICE_NEEDED
        number = await enrols(home)
        await logs_in(home, number)
        await is_revoked(home, number)
        assert await doctors(home) == "operatori senza una postazione iscritta: 1"
        await enrols(home)
        assert await doctors(home) == "ogni operatore ne ha una iscritta"
        await sits_at_the_screens(home)
        await changes_password(home)


async def doctors(home: Home) -> str:
    """Return what the doctor says of consoles."""
    ran = await home.node("doctor")
    [found] = [one["found"] for one in ran.document["checks"] if one["name"] == "Postazioni da fuori"]
    return str(found)


async def enrols(home: Home) -> str:
    """Return the console's number."""
    enrolled = await home.enrol()
    assert enrolled.status == 0, enrolled.err
    assert "Codice a sei cifre" in enrolled.err
    assert "non è quello del momento" in enrolled.err, "a mistyped code is asked for again"
    assert (home.folder / "anna.device").stat().st_mode & 0o777 == 0o600
    kept = sorted(one.name for one in home.folder.iterdir() if not one.name.endswith(".drafts.lock"))
    assert kept == ["anna.device", "anna.toml", "parrocchia-nord.pem"]
    assert await raw_login(home.site) is Code.SESSION_DEVICE_NEEDED
    return str(enrolled.document["id"])


async def logs_in(home: Home, number: str) -> None:
    unattended = await home.maglia("status", "--json")
    assert (unattended.status, unattended.document["code"]) == (4, "session.unattended")
    assert "MAGLIA_OTP" in unattended.document["next_action"]
    otp = await home.digits()
    let_in = await home.maglia("device", "list", "--json", otp=otp)
    assert let_in.status == 0, let_in.out
    [own] = let_in.document["devices"]
    assert (own["id"], own["user"], own["name"], own["locked"]) == (number, "anna", "portatile", False)
    again = await home.maglia("status", "--json", otp=otp)
    assert (again.status, again.document["code"]) == (4, "session.otp_used")
    wrong = await home.maglia("status", otp="000000")
    assert (wrong.status, wrong.out) == (4, "")
    assert "sei cifre" in wrong.err


async def is_revoked(home: Home, number: str) -> None:
    """Whoever is logged in with a console is out as soon as it is revoked."""
    counter = Counter(load_profile(home.folder / "anna.toml"))
    try:
        await counter.login("anna", PASSWORD, home.ahead())
        assert (await counter.door.status()).member == "parrocchia-nord"
        assert (await home.node("device", "revoke", "--user", "anna")).document["devices"] == [number]
        with refused(Code.SESSION_EXPIRED):
            await counter.door.status()
    finally:
        await counter.close()
    gone = await home.maglia("status", "--json", otp="000000")
    assert (gone.status, gone.document["code"]) == (4, "session.device")
    assert (await home.node("device", "list")).document["devices"] == []


async def sits_at_the_screens(home: Home) -> None:
    """The code is asked for below the password, and a wrong one leaves the password where it is."""
    app = Console(load_profile(home.folder / "anna.toml"))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await wait_for(pilot, "sei cifre, dal telefono")
        assert all(len(line) <= 80 for line in shown.splitlines())
        screen = app.screen
        assert isinstance(screen, LoginScreen)
        screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        assert screen.query_one("#otp", Input).has_focus
        await pilot.press("enter")
        await wait_for(pilot, "non è quello del momento")
        await pilot.press(*"000000", "enter")
        await wait_for(pilot, "non è quello del momento")
        assert screen.query_one("#password", Input).value == PASSWORD
        await pilot.press(*await home.digits(), "enter")
        await wait_for(pilot, " / anna")


async def changes_password(home: Home) -> None:
    """The administrator sets another password; the key at home follows."""
    again = "operator", "add", "anna", "--role", "volunteer"
    assert (await home.node(*again, MAGLIA_PASSWORD=NEW_PASSWORD)).status == 0
    shut = await home.maglia("status", "--json", otp="000000", MAGLIA_PASSWORD=NEW_PASSWORD)
    assert (shut.status, shut.document["code"]) == (4, "session.device_password")
    assert "maglia device password" in shut.document["next_action"]
    assert (await home.maglia("device", "password", MAGLIA_NEW_PASSWORD=NEW_PASSWORD)).status == 0
    let_in = await home.maglia("device", "list", otp=home.ahead(), MAGLIA_PASSWORD=NEW_PASSWORD)
    assert let_in.status == 0, let_in.err
