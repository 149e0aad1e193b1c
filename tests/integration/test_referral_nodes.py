"""`maglia refer` from the counters of two whole nodes: what each volunteer types and reads."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from demo.forks import Ran
from maglia.core.identity import server_name
from maglia.v1 import operator_pb2 as pb
from tests.clerk import fictional_code
from tests.integration.node_world import Site, joined
from tests.integration.registry_world import NETWORK, PASSWORD, World, copy_of, make_template, served
from tests.integration.test_epoch_rotation import Counter, counter
from tests.support.commands import run
from tests.support.fake_node import PYTHONPATH

EST, PONTE = "onlus-est", "onlus-ponte"
WHO = fictional_code(1)
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8", "MAGLIA_PASSWORD": PASSWORD}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    template = make_template(tmp_path / "template")
    async with served(copy_of(template, tmp_path / "registry")) as world:
        yield world


def profile_of(site: Site) -> str:
    (site.folder / "front.pem").write_bytes(site.keys.front.certificate)
    lines = {
        "endpoint": site.settings().front,
        "server_name": server_name(site.member, NETWORK),
        "ca_file": str(site.folder / "front.pem"),
        "user": "anna",
    }
    path = site.folder / "anna.toml"
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items()))
    return str(path)


async def maglia(profile: str, *arguments: str, typed: str = "") -> Ran:
    return await asyncio.to_thread(run, "tui", "--profile", profile, *arguments, environment=ENVIRONMENT, stdin=typed)


async def consent(at: Counter) -> None:
    request = pb.AddConsentRequest(identifier=WHO, purposes=["referral"], notice_version="2026-1", language="it")
    await at.stub.AddConsent(request, metadata=at.bearer)


async def test_two_counters_send_read_accept_end_wait_and_withdraw(world: World, tmp_path: Path) -> None:
    sites = await joined(world, tmp_path, EST, PONTE, facets="rent_arrears", purposes="aid_overlap, referral")
    est, ponte = (profile_of(site) for site in sites)
    sending = ("refer", "send", WHO, "--to", PONTE, "--facet", "rent_arrears")
    async with counter(sites[0]) as here:
        async with counter(sites[1]):
            bodies = await maglia(est, "refer", "bodies", "--facet", "rent_arrears")
            assert (bodies.status, bodies.out.split()[0]) == (0, PONTE)
            without = await maglia(est, *sending)
            assert (without.status, "Manca il consenso" in " ".join(without.err.split())) == (4, True)
            await consent(here)
            await _one_that_ends_well(est, ponte, sending)
        waiting = await maglia(est, *sending)
        assert (waiting.status, "IN ATTESA" in waiting.out) == (11, True)
        assert "L'ente non lo sa ancora (non risponde): si riprova" in " ".join(waiting.out.split())
        async with counter(sites[1]):
            withdrawn = await maglia(est, "refer", "withdraw", "I-0002", "--reason", "ha trovato altro")
            assert (withdrawn.status, "RITIRATO: ha trovato altro" in withdrawn.out) == (0, True)
            listed = await maglia(ponte, "refer", "list", "--unread")
            assert (listed.status, listed.out) == (0, "Nessun invio.\n")
            every = await maglia(est, "refer", "list")
            assert ("RITIRATO" in every.out, "ha trovato altro" in every.out) == (True, False)
            assert "RITIRATO: ha trovato altro" in (await maglia(est, "refer", "show", "2")).out
            await _one_whose_consent_is_taken_back(est, ponte, sending)


async def _one_that_ends_well(est: str, ponte: str, sending: Sequence[str]) -> None:
    words = ("--name", "Nome Fittizio", "--contact", "333 000000", "--need", "due mesi", "--note")
    refused = await maglia(est, *sending, *words, "[/bad]\x1b[31m")
    assert (refused.status, "nota" in refused.err) == (2, True)
    read = ("refer", "send", "-", *sending[3:], "--name", "-", "--contact", "-", "--need", "due mesi", "--note", "-")
    short = await maglia(est, *read, typed=f"{WHO}\nNome Fittizio\n333 000000\n")
    assert (short.status, "«nota»" in short.err) == (2, True), short.err
    sent = await maglia(est, *read, typed=f"{WHO}\nNome Fittizio\n333 000000\nchiede un colloquio\n")
    assert (sent.status, "CONSEGNATO, da accettare" in sent.out) == (0, True), sent.err

    listed = await maglia(ponte, "refer", "list")
    assert listed.out.startswith("!! I-0001 da Onlus-Est: Affitto arretrato, ")
    assert [WHO in ran.out + ran.err for ran in (sent, listed)] == [False, False]
    told = await maglia(ponte, "status")
    assert told.err == "1 invio da leggere: maglia refer list\n"
    shown = await maglia(ponte, "refer", "show", "I-0001")
    for text in (f"Codice: {WHO}", "Nome: Nome Fittizio", "Recapito: 333 000000", "Serve: due mesi", "colloquio"):
        assert text in shown.out
    assert "Si può: maglia refer accept I-0001" in shown.out
    assert all(len(line) <= 80 for ran in (sent, listed, shown) for line in ran.out.splitlines())

    assert (await maglia(ponte, "refer", "accept", "1")).status == 0
    assert "ACCETTATO" in (await maglia(est, "refer", "list", "--unread")).out
    done = await maglia(ponte, "refer", "done", "I-0001", "--json")
    assert json.loads(done.out)["referrals"][0]["state"] == "done"
    late = await maglia(est, "refer", "withdraw", "I-0001")
    assert (late.status, "non può più cambiare" in " ".join(late.err.split())) == (2, True)


async def _one_whose_consent_is_taken_back(est: str, ponte: str, sending: Sequence[str]) -> None:
    assert (await maglia(est, *sending)).status == 0
    taken_back = await maglia(est, "consent", "withdraw", WHO, "--yes")
    said = " ".join(taken_back.out.split())
    assert (taken_back.status, "RITIRATO Invio I-0003 a Onlus-Ponte." in said) == (0, True), said
    assert "Controllare: maglia refer show I-0003" in said
    async with asyncio.timeout(30):
        while "L'ente non lo sa ancora" in (shown := (await maglia(est, "refer", "show", "3")).out):
            pass
    assert "RITIRATO: la persona ha ritirato il consenso" in shown
    there = await maglia(ponte, "refer", "show", "2")
    assert "RITIRATO: la persona ha ritirato il consenso" in there.out
    assert WHO not in there.out
    assert (await maglia(ponte, "refer", "accept", "2")).status == 2
