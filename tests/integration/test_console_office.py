"""`maglia office` against a served registry: two officers, each with their own key on their own console."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, fingerprint, server_name
from maglia.core.keystore import save_keystore
from maglia.core.network_file import encode_network_file
from maglia.core.official import decode_request
from maglia.core.vocabulary import Facet
from tests.integration.registry_world import (
    NETWORK,
    OFFICERS,
    PASSWORD,
    POLICIES,
    Body,
    World,
    copy_of,
    make_template,
    served,
)
from tests.support.commands import run
from tests.support.fake_node import PYTHONPATH
from tui.applied import check_heard
from tui.draft_check import InForce, check_says
from tui.office_client import OfficeDoor
from tui.office_model import Change
from tui.officer_key import KEY_ENTRY
from tui.official_key import make_official_key, request_file_of
from tui.profile import load_profile

PASSPHRASE = "una frase del funzionario"


def profile_of(world: World, folder: Path, user: str) -> Path:
    (folder / "front.pem").write_bytes(world.known.front_certificate)
    (folder / "network.json").write_bytes(encode_network_file(world.known))
    save_keystore(folder / f"{user}.key", {KEY_ENTRY: OFFICERS[user].seed}, PASSPHRASE)
    path = folder / f"{user}.toml"
    path.write_text(
        f'endpoint = "{world.known.registry_front}"\nserver_name = "{server_name(REGISTRY_ID, NETWORK)}"\n'
        f'ca_file = "front.pem"\nuser = "{user}"\nofficer_key = "{user}.key"\nnetwork_file = "network.json"\n'
    )
    return path


async def maglia(*arguments: object, passphrase: str = PASSPHRASE, password: str = PASSWORD) -> tuple[int, Any]:
    """Run one command in its own process, as an officer does; return its status and its document."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8"}
    environment |= {"MAGLIA_PASSWORD": password, "MAGLIA_PASSPHRASE": passphrase}
    ran = await asyncio.to_thread(run, "tui", *map(str, arguments), "--json", environment=environment)
    return ran.status, json.loads(ran.out)


async def printed(*arguments: object) -> str:
    """Run one command likewise; return what it printed for people."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": PYTHONPATH, "LANG": "C.UTF-8"}
    environment |= {"MAGLIA_PASSWORD": PASSWORD, "MAGLIA_PASSPHRASE": PASSPHRASE}
    ran = await asyncio.to_thread(run, "tui", *map(str, arguments), environment=environment)
    assert ran.status == 0, ran.err
    return ran.out


def request_of(user: str, folder: Path) -> bytes:
    """Let a person make a key; return the request that lies beside it."""
    path = folder / f"{user}.key"
    make_official_key(path, NETWORK, user, "Sara Verdi", "auditor", PASSPHRASE)
    return request_file_of(path).read_bytes()


async def test_an_auditor_from_the_key_to_the_directory(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        heard = decode_request(request_of("sara", tmp_path), "sara.request.json").fingerprint
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        act = ("--act-protocol", "PG/2026/7", "--act-expiry", f"{date.today():%d/%m/%Y}")
        request = tmp_path / "sara.request.json"
        appoint = ("office", "appoint", request, *act, "--fingerprint")
        status, refused = await maglia("--profile", anna, *appoint, heard[:-1] + "X")
        assert (status, refused["code"]) == (4, "member.fingerprint")
        status, first = await maglia("--profile", anna, *appoint, heard)
        assert (status, first["published"], first["officials"][0]["fingerprint"]) == (0, False, heard)
        assert any(heard in line for line in first["differences"])
        status, waiting = await maglia("--profile", ivo, "office", "list")
        [draft] = waiting["drafts"]
        assert (draft["acts"], draft["problem"]) == ([{"act": "appoint", "member": "sara"}], "")
        assert any(heard in line for line in draft["differences"])
        status, second = await maglia("--profile", ivo, *appoint, heard.lower())
        assert (status, second["published"]) == (0, True)
        status, listed = await maglia("--profile", ivo, "office", "officials")
        [sara] = listed["officials"]
        assert (sara["id"], sara["role"], sara["state"], sara["fingerprint"]) == ("sara", "auditor", "expiring", heard)
        status, gone = await maglia("--profile", ivo, "office", "dismiss", "sara", "--reason", "incarico concluso")
        assert (status, gone["published"], gone["member"]) == (0, False, "sara")
        assert "Cessa dalla carica: sara, Sara Verdi (revisore)" in gone["differences"]


async def test_from_application_to_token(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        body = Body("onlus-ponte")
        await world.apply(body)
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        status, listed = await maglia("--profile", anna, "office", "list")
        assert (status, [row["member"] for row in listed["members"]]) == (0, ["onlus-ponte"])
        heard = fingerprint(body.identity.public)

        status, first = await maglia("--profile", anna, "office", "approve", "onlus-ponte", "--fingerprint", heard)
        assert (status, first["published"], first["signed_by"]) == (0, False, ["anna"])
        status, second = await maglia(
            "--profile", ivo, "office", "approve", "onlus-ponte", "--fingerprint", heard.lower()
        )
        assert (status, second["published"], second["threshold"]) == (0, True, 2)
        assert second["members"] == [{"member": "onlus-ponte", "fingerprint": heard}]
        await world.apply(other := Body("onlus-di-nome-molto-lungo"), facets=list(Facet))
        heard = fingerprint(other.identity.public)
        said = [await printed("--profile", anna, "office", "approve", other.member, "--fingerprint", heard)]
        said += [await printed("--profile", ivo, "office", command) for command in ("list", "officials")]
        assert max(len(line) for text in said for line in text.splitlines()) <= 80
        assert f"maglia office approve {other.member} --fingerprint IMPRONTA" in said[1]
        heard = fingerprint(body.identity.public)

        status, token = await maglia("--profile", ivo, "office", "token", "onlus-ponte")
        assert status == 0
        await world.activate(body, token["token"])
        status, denied = await maglia("--profile", ivo, "office", "list", password="indovinata")
        assert (status, denied["code"]) == (4, "session.credentials")
        world.parts.logins.write()
        status, logins = await maglia("--profile", ivo, "office", "history", "--logins")
        assert (status, [(line["actor"], line["action"]) for line in logins["entries"]]) == (
            0,
            [("ivo", "login_refused")],
        )
        assert all(line["proved"] for line in logins["entries"])
        status, about_none = await maglia("--profile", ivo, "office", "history")
        assert (status, [line["action"] for line in about_none["entries"]]) == (0, ["root"])
        status, denied = await maglia("--profile", ivo, "office", "history", "onlus-ponte", "--logins")
        assert (status, denied["code"]) == (2, "input.field")
        status, shown = await maglia("--profile", ivo, "office", "show", "onlus-ponte")
        assert (status, shown["state"], shown["fingerprint"]) == (0, "active", heard)
        status, _ = await maglia("--profile", ivo, "office", "suspend", "onlus-ponte", "--reason", "prova")
        assert status == 0


async def test_an_officer_does_not_sign_what_was_not_heard(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        await world.apply(Body("onlus-ponte"))
        anna = profile_of(world, tmp_path, "anna")
        wrong = fingerprint(bytes(32))
        approve = ("--profile", anna, "office", "approve")
        for arguments, code in (
            (("onlus-ponte", "--fingerprint", wrong), "member.fingerprint"),
            (("onlus-ponte",), "input.field"),
            (("onlus-ponte", "--fingerprint", wrong, "--fingerprint", wrong), "input.field"),
            (("mensa-est", "--fingerprint", wrong), "member.unknown"),
        ):
            status, document = await maglia(*approve, *arguments)
            assert (status != 0, document["code"]) == (True, code)
        status, document = await maglia(*approve, "onlus-ponte", "--fingerprint", wrong, passphrase="sbagliata")
        assert (status, document["code"]) == (1, "storage.keystore")
        _, shown = await maglia("--profile", anna, "office", "show", "onlus-ponte")
        assert shown["signed_by"] == []


async def test_a_draft_with_a_body_more_is_refused(tmp_path: Path) -> None:
    """The registry could slip in a body that nobody asked for; the officer's console reads the draft itself."""
    async with served(make_template(tmp_path / "registry")) as world:
        for name in ("onlus-ponte", "mensa-est"):
            await world.apply(Body(name))
        door = OfficeDoor(load_profile(profile_of(world, tmp_path, "anna")))
        try:
            await door.login("anna", PASSWORD)
            applied = {name: (await door.member(name)).applied for name in ("onlus-ponte", "mensa-est")}
            both = await door.prepare(_approve("onlus-ponte", "mensa-est"))
        finally:
            await door.close()
    heard = {name: fingerprint(one.identity_key) for name, one in applied.items()}
    admitted = {name: check_heard(one, name, NETWORK, heard[name]) for name, one in applied.items()}
    check_says(both, _approve("onlus-ponte", "mensa-est"), InForce(), admitted)
    swapped = admitted | {"mensa-est": replace(admitted["mensa-est"], log_key=bytes(32))}
    for asked, who, code in (
        (["onlus-ponte"], admitted, Code.DIRECTORY_DRAFT_MEMBERS),
        (["onlus-ponte", "mensa-est"], swapped, Code.DIRECTORY_DRAFT_MEMBERS),
    ):
        with pytest.raises(MagliaError) as refused:
            check_says(both, _approve(*asked), InForce(), who)
        assert (refused.value.code, refused.value.params) == (code, {"members": "mensa-est"})
    with pytest.raises(MagliaError):
        check_says(replace(both, signed=both.signed[:-1]), _approve(*admitted), InForce(), admitted)
    unsigned = replace(applied["mensa-est"], is_signed=False)
    with pytest.raises(MagliaError) as refused:
        check_heard(unsigned, "mensa-est", NETWORK, heard["mensa-est"])
    assert refused.value.code is Code.MEMBER_UNSIGNED_APPLICATION


def _approve(*members: str) -> list[Change]:
    return [Change("approve", member) for member in members]


async def test_an_officer_signs_nothing_on_top_of_an_older_directory(tmp_path: Path) -> None:
    """A registry restored from an older backup still holds the body that was revoked since."""
    folder = make_template(tmp_path / "registry")
    async with served(folder) as world:
        await world.joined("onlus-ponte", "mensa-est")
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
    copy_of(folder, tmp_path / "backup")
    async with served(folder) as world:
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        revoke = ("office", "revoke", "onlus-ponte", "--reason", "convenzione cessata")
        assert [(await maglia("--profile", who, *revoke))[1]["published"] for who in (anna, ivo)] == [False, True]
        status, again = await maglia("--profile", ivo, "office", "change", "mensa-est", "--facets", "loan")
        assert (status, again["published"]) == (0, False)
    async with served(tmp_path / "backup") as world:
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        status, refused = await maglia("--profile", ivo, "office", "change", "mensa-est", "--facets", "loan")
        assert (status, refused["code"]) == (1, "directory.rollback")


async def test_an_officers_key_is_made_once(tmp_path: Path) -> None:
    status, made = await maglia("office", "keygen", "--out", tmp_path / "anna.key")
    assert (status, len(bytes.fromhex(made["public_key"]))) == (0, 32)
    assert (tmp_path / "anna.key").stat().st_mode & 0o077 == 0
    status, again = await maglia("office", "keygen", "--out", tmp_path / "anna.key")
    assert (status, again["code"]) == (1, "storage.exists")


async def test_keys_change_in_three_steps_that_two_officers_sign(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        await world.joined("onlus-ponte")
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))

        async def both(*arguments: str) -> Any:
            first = await maglia("--profile", anna, "office", "epoch", *arguments)
            second = await maglia("--profile", ivo, "office", "epoch", *arguments)
            assert (first[0], first[1]["published"], second[0]) == (0, False, 0)
            return second[1]

        status, refused = await maglia("--profile", anna, "office", "epoch", "end")
        assert (status, refused["code"]) == (1, "directory.epoch")
        started = await both("start", "--reason", "cambio annuale")
        assert (started["published"], started["epoch"], started["also_epoch"]) == (True, 1, 2)
        status, refused = await maglia("--profile", anna, "office", "epoch", "switch")
        assert (status, refused["code"]) == (1, "directory.unready")
        assert "onlus-ponte" in refused["message"]
        status, refused = await maglia("--profile", anna, "office", "epoch", "switch", "--without", "onlus-ponte")
        assert (status, refused["code"]) == (2, "input.missing")
        switched = await both("switch", "--without", "onlus-ponte", "--reason", "chiusa per sempre")
        assert (switched["epoch"], switched["also_epoch"], switched["without"]) == (2, 1, ["onlus-ponte"])
        status, refused = await maglia("--profile", anna, "office", "epoch", "end")
        assert (status, refused["code"]) == (1, "directory.unready")
        ended = await both("end", "--without", "onlus-ponte", "--reason", "chiusa per sempre")
        assert (ended["epoch"], ended["also_epoch"]) == (2, 0)

        status, shown = await maglia("--profile", ivo, "office", "epoch", "show")
        assert (status, shown["epoch"], shown["also_epoch"]) == (0, 2, 0)
        assert shown["nodes"] == [{"member": "onlus-ponte", "ready": False, "ready_epochs": []}]
        steps = [line for line in shown["entries"] if line["action"] != "sign"]
        assert [line["action"] for line in steps] == ["epoch_start", "epoch_switch", "epoch_end"]
        assert "without onlus-ponte" in steps[1]["detail"]
        assert "chiusa per sempre" in steps[1]["detail"]
        assert all(line["proved"] for line in shown["entries"])
        status, board = await maglia("--profile", ivo, "office", "board")
        assert [node["is_ready"] for node in board["nodes"]] == [False]


async def test_a_procedure_in_force_is_replaced_only_by_saying_so(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        comune = Body("comune-esempio")
        await world.apply(comune, kind="comune", ipa_code="c_x123", purposes=["call_for_applicants"])
        await world.approve(comune.member)
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))

        async def declare(who: Path, cap: int, *more: str) -> tuple[int, Any]:
            asked = ("--id", "bando-1", "--act", "PG/2026/9", "--expires", "31/12/2190", "--member", comune.member)
            return await maglia("--profile", who, "office", "procedure", "add", *asked, "--cap", str(cap), *more)

        assert [(await declare(who, 5))[1]["published"] for who in (anna, ivo)] == [False, True]
        status, refused = await declare(anna, 50_000)
        assert (status, refused["code"]) == (2, "input.procedure_exists")
        assert "PG/2026/9, 5, fino al 31/12/2190" in refused["message"]
        assert "-> PG/2026/9, 50000, fino al" in refused["message"]
        assert "--replace" in refused["next_action"]
        assert [(await declare(who, 50_000, "--replace"))[1]["published"] for who in (anna, ivo)] == [False, True]


async def test_a_counters_profile_opens_no_office_and_an_officer_is_told_what_officers_can_do(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        anna = profile_of(world, tmp_path, "anna")
        status, refused = await maglia("--profile", anna, "office", "show", "nessuno")
        assert (status, refused["code"]) == (4, "member.unknown")
        assert refused["next_action"] == "Ricopiare il nome breve da «maglia office list» e ripetere."
        _, refused = await maglia("--profile", anna, "status")
        assert refused["code"] == "input.profile_node"
        anna.write_text(anna.read_text().replace(server_name(REGISTRY_ID, NETWORK), server_name("mensa", NETWORK)))
        status, refused = await maglia("--profile", anna, "office", "list")
        assert (status, refused["code"]) == (4, "input.profile_office")
        assert "«mensa»" in refused["message"]


async def test_an_officer_compares_what_is_signed_with_a_folder_that_someone_edits(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        anna = profile_of(world, tmp_path, "anna")
        asked = ("policy", "diff", "in-vigore", POLICIES, "--only", "rpc")
        status, refused = await maglia("--profile", anna, *asked)
        assert (status, refused["code"]) == (1, "directory.not_there")
        await world.joined("onlus-ponte")
        status, found = await maglia("--profile", anna, *asked)
        assert (status, found["changed"]) == (0, 0)
        assert found["before"] == {"name": "in-vigore", "revision": build_bundle(POLICIES)[1]}


async def test_whoever_brings_a_body_back_reads_since_when_and_why_it_was_out(tmp_path: Path) -> None:
    async with served(make_template(tmp_path / "registry")) as world:
        await world.joined("mensa-est")
        anna, ivo = (profile_of(world, tmp_path, user) for user in ("anna", "ivo"))
        await printed("--profile", anna, "office", "suspend", "mensa-est", "--reason", "chiave perduta")
        reinstate = ("office", "reinstate", "mensa-est", "--reason", "chiave ritrovata")
        today = f"{datetime.now():%d/%m/%Y}"
        renewed = " ".join((await printed("--profile", ivo, "office", "renew")).split())
        assert f"mensa-est, sospeso dal {today}, per: chiave perduta" in renewed
        said = f"mensa-est, torna ATTIVO; era sospeso dal {today}, per: chiave perduta"
        assert said in " ".join((await printed("--profile", anna, *reinstate)).split())
        assert said in " ".join((await printed("--profile", ivo, "office", "show", "mensa-est")).split())
        assert "Pubblicato" in await printed("--profile", ivo, *reinstate)
