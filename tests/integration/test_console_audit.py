"""`maglia audit` against a served registry and whole nodes: an auditor's day from one command line."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from textual.widgets import Input

from maglia.core.identifiers import provisional_check_digit
from maglia.core.identity import REGISTRY_ID, server_name
from maglia.core.network_file import encode_network_file
from maglia.core.official import decode_request
from maglia.core.vocabulary import NetworkRole
from maglia.v1 import office_pb2
from tests.integration import node_world
from tests.integration.node_world import Site
from tests.integration.registry_world import NETWORK, Body, World, make_template, served
from tests.support.audit_folder import let_in
from tests.support.commands import run
from tests.support.fake_node import PYTHONPATH
from tests.support.officials import LAST_DAY, sign
from tests.support.screens import text_of, wait_for
from tui.access_model import NamesWanted
from tui.app import Console
from tui.audit.lock import alone
from tui.audit.one_log import OneLog
from tui.audit.source import Page
from tui.names_files import NamesRequest, encode_names_request, read_names_approval
from tui.official_key import make_official_key, request_file_of
from tui.profile import load_profile

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSPHRASE = "una frase del revisore"
BODIES = ("emporio-nord", "mensa-est")


@dataclass
class Network:
    """A registry, two nodes that can be stopped, and consoles of those who hold an office or none."""

    registry: World
    sites: list[Site]
    folder: Path
    stops: dict[str, AsyncExitStack]

    async def start(self, site: Site) -> None:
        self.stops[site.member] = AsyncExitStack()
        await self.stops[site.member].enter_async_context(site.serving())

    async def stop(self, site: Site) -> None:
        await self.stops[site.member].aclose()

    def profile(self, user: str, role: NetworkRole) -> tuple[Path, office_pb2.Change]:
        """Let somebody make a key and a profile; return the profile, and the change that appoints them."""
        key = self.folder / f"{user}.key"
        make_official_key(key, NETWORK, user, user.title(), role.value, PASSPHRASE)
        request = decode_request(request_file_of(key).read_bytes(), "request")
        (self.folder / "front.pem").write_bytes(self.registry.known.front_certificate)
        (self.folder / "network.json").write_bytes(encode_network_file(self.registry.known))
        path = self.folder / f"{user}.toml"
        path.write_text(
            f'endpoint = "{self.registry.known.registry_front}"\nserver_name = "{server_name(REGISTRY_ID, NETWORK)}"\n'
            f'ca_file = "front.pem"\nuser = "{user}"\nofficial_key = "{user}.key"\nnetwork_file = "network.json"\n'
        )
        official = office_pb2.Official(
            id=user,
            name=user.title(),
            role=role.value,
            identity_key=request.identity_key,
            certificate=request.certificate,
            act_protocol="PG/2026/7",
            act_expiry=min(LAST_DAY, (date.today() + timedelta(days=30)).isoformat()),
        )
        return path, office_pb2.Change(act="appoint", member=user, official=official)

    async def maglia(self, user: str, *arguments: str) -> tuple[int, Any]:
        """Run one command in its own process; return its status and its document."""
        return await self.run(user, "audit", *arguments)

    async def run(self, user: str, *arguments: str) -> tuple[int, Any]:
        """Run any command likewise."""
        status, said = await self.printed(user, *arguments, "--json")
        return status, json.loads(said)

    async def printed(self, user: str, *arguments: str) -> tuple[int, str]:
        """Run any command; return its status and what it printed."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8"}
        environment["MAGLIA_PASSPHRASE"] = PASSPHRASE
        command = ("--profile", str(self.folder / f"{user}.toml"), *arguments)
        ran = await asyncio.to_thread(run, "tui", *command, environment=environment)
        return ran.status, ran.out


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Network]:
    folder = tmp_path_factory.mktemp("audit")
    async with served(make_template(folder / "registry")) as registry, AsyncExitStack() as stack:
        sites = await node_world.joined(registry, folder, *BODIES)
        network = Network(registry, sites, folder, {})
        (_, sara), (_, dina) = network.profile("sara", NetworkRole.AUDITOR), network.profile("dina", NetworkRole.DPO)
        network.profile("nadia", NetworkRole.AUDITOR)
        _, rina = network.profile("rina", NetworkRole.AUDITOR)
        await sign(registry, sara, dina, rina)
        for site in sites:
            await network.start(site)
            stack.push_async_callback(network.stop, site)
        yield network


def console(network: Network, user: str) -> Console:
    return Console(load_profile(network.folder / f"{user}.toml", "it"), lock_after_s=0)


async def test_an_auditors_day(network: Network) -> None:
    status, read = await network.maglia("sara", "pull")
    assert (status, read["members_read"], read["members_total"], read["registry_read"]) == (0, 2, 2, True)
    assert {log["member"] for log in read["logs"]} == {REGISTRY_ID, *BODIES}
    status, verified = await network.maglia("sara", "verify")
    assert {log["member"]: log["verdict"] for log in verified["logs"]} == dict.fromkeys(
        (REGISTRY_ID, *BODIES), "intact"
    )
    assert status == 0
    status, found = await network.maglia("sara", "search", "--kind", "reading", "--member", BODIES[0])
    assert status == 0
    assert [(entry["log"], entry["peer"], entry["purpose"]) for entry in found["entries"]] == [
        (BODIES[0], "sara", "audit")
    ] * 2
    desk = await network.registry.office("anna")
    history = await desk.stub.GetHistory(office_pb2.GetHistoryRequest(member=""), metadata=desk.bearer)
    acts = [json.loads(entry.leaf) for entry in history.entries]
    readers = [act["actor"] for act in acts if act["action"] == "read_log"]
    assert readers == ["sara"] * 2, "the office's log holds its own readings"


async def test_an_auditors_day_at_the_screen(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(network.folder)
    away = network.sites[1]
    async with console(network, "rina").run_test(size=(80, 24)) as pilot:
        await let_in(pilot, "rina", PASSPHRASE)
        await wait_for(pilot, "Nessun registro letto finora")
        await pilot.press("f2")
        await wait_for(pilot, "Registri letti: 3 su 3")
        await pilot.press("f5")
        await wait_for(pilot, "Registri letti: 2 di 2, e quello dell'ufficio. Differenze: 0")
        await pilot.press("1")
        await wait_for(pilot, "Questa ricerca viene registrata a suo nome.")
        await pilot.press("f4")
        await wait_for(pilot, "lettura del")
        await pilot.press("f7")
        await wait_for(pilot, "ESPORTA")
        await pilot.press("right", "enter")
        await wait_for(pilot, "Scritto: voci-trovate.csv")
        await network.stop(away)
        try:
            await pilot.press("f2")
            await wait_for(pilot, f"Lettura PARZIALE: senza {away.member}.")
            assert "F2 quando il nodo è acceso" in text_of(pilot.app)
        finally:
            await network.start(away)
        await pilot.press("f5")
        await wait_for(pilot, f"Confronto PARZIALE: esclusi: {away.member}")
    written = (network.folder / "rina.audit" / "searches.jsonl").read_text().splitlines()
    assert [(json.loads(line)["user"], json.loads(line)["kind"]) for line in written] == [("rina", "entries")]
    assert "lettura del revisore" in (network.folder / "voci-trovate.csv").read_text("utf-8-sig")


async def test_a_reading_that_is_stopped_at_the_screen_goes_on_from_where_it_was(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, held, add = threading.Event(), threading.Event(), OneLog._add

    def slow(log: OneLog, page: Page) -> None:
        reached.set()
        held.wait(20)
        add(log, page)

    async with console(network, "rina").run_test(size=(80, 24)) as pilot:
        await let_in(pilot, "rina", PASSPHRASE)
        await pilot.pause()
        with monkeypatch.context() as patched:
            patched.setattr(OneLog, "_add", slow)
            await pilot.press("f2")
            assert await asyncio.to_thread(reached.wait, 20)
            await pilot.press("f9")
            await wait_for(pilot, "Lettura fermata")
        held.set()
        await pilot.press("f2")
        await wait_for(pilot, "Registri letti: 3 su 3")
        await pilot.press("f5")
        await wait_for(pilot, "Registri letti: 2 di 2, e quello dell'ufficio. Differenze: 0")


async def test_the_screen_says_who_is_no_auditor_in_office(network: Network) -> None:
    async with console(network, "nadia").run_test(size=(80, 24)) as pilot:
        await let_in(pilot, "nadia", PASSPHRASE)
        await wait_for(pilot, "Nessun registro letto finora")
        await pilot.press("f2")
        await wait_for(pilot, "!!")
    assert not (network.folder / "nadia.audit").exists()


async def test_a_node_that_is_away_makes_the_reading_partial(network: Network) -> None:
    away = network.sites[1]
    await network.stop(away)
    try:
        status, read = await network.maglia("sara", "pull")
        assert (status, read["members_read"], read["members_total"]) == (11, 1, 2)
        (unread,) = [log for log in read["logs"] if log["code"]]
        assert (unread["member"], unread["code"]) == (away.member, "network.unreachable")
        status, verified = await network.maglia("sara", "verify")
        (left_out,) = [log for log in verified["logs"] if log["verdict"] == "unread"]
        assert (status, left_out["member"]) == (11, away.member)
        assert "Ripetere «maglia audit pull»" in left_out["ask"]
        status, searched = await network.maglia("sara", "search")
        assert (status, searched["complete"]) == (11, False)
    finally:
        await network.start(away)
    status, read = await network.maglia("sara", "pull")
    assert (status, read["members_read"]) == (0, 2)


@pytest.mark.parametrize(("user", "code"), [("dina", "session.role"), ("nadia", "member.no_office")])
async def test_who_is_no_auditor_in_office_reads_nothing(network: Network, user: str, code: str) -> None:
    status, refused = await network.maglia(user, "pull")
    assert (status, refused["code"]) == (4, code)
    assert not (network.folder / f"{user}.audit").exists()


async def test_an_auditor_who_was_stopped_reads_no_longer(network: Network) -> None:
    desk = await network.registry.office("anna")
    _, change = network.profile("vera", NetworkRole.AUDITOR)
    await sign(network.registry, change)
    await desk.suspend("vera")
    status, refused = await network.maglia("vera", "pull")
    assert (status, refused["code"]) == (4, "member.no_office")


def cut_off(network: Network, user: str, role: NetworkRole) -> None:
    """Give somebody a key, and a network file that leads nowhere."""
    path, _ = network.profile(user, role)
    known = network.registry.known
    elsewhere = encode_network_file(
        type(known)(
            known.network, known.root, "127.0.0.1:1", "127.0.0.1:1", known.peer_certificate, known.front_certificate
        )
    )
    (network.folder / "elsewhere.json").write_bytes(elsewhere)
    path.write_text(path.read_text().replace("network.json", "elsewhere.json"))


async def test_without_the_office_nothing_is_reached(network: Network) -> None:
    cut_off(network, "zoe", NetworkRole.AUDITOR)
    status, refused = await network.maglia("zoe", "pull")
    assert (status, refused["code"]) == (3, "network.unreachable")


async def test_names_are_approved_by_the_protection_officer_in_office_alone(network: Network) -> None:
    wanted, out = network.folder / "nomi.json", network.folder / "approvati.json"
    body = NamesWanted(BODIES[0], bytes(16), bytes(32))
    wanted.write_bytes(encode_names_request(NamesRequest(NETWORK, BODIES[1], "C-0001", "2030-01-01", (body,))))

    cut_off(network, "zeno", NetworkRole.DPO)

    async def approve(user: str) -> tuple[int, Any]:
        said = ("--reason", "querela", "--out", str(out), "--yes")
        return await network.run(user, "access-report", "approve", str(wanted), *said)

    for user, code in (("sara", "session.role"), ("nadia", "member.no_office"), ("zeno", "network.unreachable")):
        status, refused = await approve(user)
        assert (status, refused["code"]) == (3 if user == "zeno" else 4, code)
        assert not out.exists()
    status, written = await approve("dina")
    assert (status, written["bodies"], out.exists()) == (0, 1, True)


async def test_names_are_approved_at_the_screen_by_the_officer_in_office_alone(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(network.folder)
    body = NamesWanted(BODIES[0], bytes(16), bytes(32))
    request = NamesRequest(NETWORK, BODIES[1], "C-0002", "2030-01-01", (body,))
    (network.folder / "nomi-c-0002.json").write_bytes(encode_names_request(request))
    for user, ends in (("sara", "!!"), ("dina", "Approvati i nomi")):
        async with console(network, user).run_test(size=(80, 24)) as pilot:
            await let_in(pilot, user, PASSPHRASE)
            await pilot.app.run_action("go_to('names')")
            await wait_for(pilot, "NOMI DEGLI OPERATORI")
            pilot.app.screen.query_one("#file", Input).value = "nomi-c-0002.json"
            await pilot.press("f2")
            await wait_for(pilot, "!!")
            pilot.app.screen.query_one("#reason", Input).value = "querela presentata"
            await pilot.press("f2")
            if user == "dina":
                await wait_for(pilot, "APPROVARE I NOMI?")
                await pilot.press("enter")
                await wait_for(pilot, "Nulla è stato approvato.")
                assert not (network.folder / "approvati-c-0002.json").exists()
                await pilot.press("f2")
                await wait_for(pilot, "APPROVARE I NOMI?")
                await pilot.press("right", "enter")
            await wait_for(pilot, ends)
        assert (network.folder / "approvati-c-0002.json").exists() is (user == "dina")
    assert len(read_names_approval(network.folder / "approvati-c-0002.json")) == 1


async def test_a_body_that_was_stopped_is_read_all_the_same(network: Network) -> None:
    desk = await network.registry.office("anna")
    await desk.suspend(BODIES[0])
    status, said = await network.printed("sara", "audit", "pull")
    read, *following = said.splitlines()
    assert (status, read.split(",")[0]) == (0, "Registri letti: 3 su 3")
    written = shlex.join(["maglia", "--profile", str(network.folder / "sara.toml"), "audit", "verify"])
    assert shlex.split(" ".join(following).replace("\\ ", " ")) == ["Poi:", *shlex.split(written)]


async def test_two_pulls_at_once_do_not_mix(network: Network) -> None:
    with alone(network.folder / "sara.audit"):
        status, refused = await network.maglia("sara", "pull")
    assert (status, refused["code"]) == (1, "storage.locked")


async def test_a_body_that_was_let_in_and_has_not_begun_is_called_so_and_the_reading_stays_partial(
    network: Network,
) -> None:
    late = Body("ente-che-non-parte")
    first_10 = "9000000099"
    await network.registry.apply(late, fiscal_code=first_10 + provisional_check_digit(first_10))
    await network.registry.approve(late.member)
    status, read = await network.maglia("sara", "pull")
    assert (status, read["members_read"], read["members_total"]) == (11, 2, 3)
    (unread,) = [log for log in read["logs"] if log["code"]]
    assert (unread["member"], unread["code"]) == (late.member, "member.not_joined")
    _, said = await network.printed("sara", "audit", "pull")
    assert "il suo nodo non è ancora partito" in " ".join(said.split())
