"""The doctor of a real node: broken in each way it names it, its own command mends it, and its file tells nobody."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import shlex
import shutil
import sqlite3
import sys
import tarfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.log import Log
from maglia.core.vocabulary import AidStatus, Basis, Role
from maglia.wire.entries import encode_entry
from node.__main__ import app
from node.domain.model import Operator
from node.domain.names import CompositeName, NamedAid
from node.folder import SystemClock, open_store
from node.kept_rules import KEPT
from node.rpc import rules
from tests.clerk import fictional_code, person, record
from tests.integration.node_world import Site, joined, prepared
from tests.integration.registry_world import NETWORK, PASSPHRASE, PASSWORD, World, make_template, served
from tests.support.shifted_clock import ShiftedClock, why_not

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRETS = {"MAGLIA_PASSPHRASE": PASSPHRASE, "MAGLIA_PASSWORD": PASSWORD, "MAGLIA_NODE_ENGINE": "embedded"}
EST, MENSA, PONTE = "onlus-est", "onlus-mensa", "onlus-ponte"


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env=SECRETS | environment)


async def doctor(folder: Path, *arguments: str, **environment: str) -> dict[str, dict[str, Any]]:
    """Return what the doctor finds, by part."""
    ran = await asyncio.to_thread(run, "doctor", "--dir", folder, "--json", *arguments, **environment)
    found = json.loads(ran.stdout)
    healthy = all(one["result"] != "problem" for one in found["checks"])
    assert (ran.exit_code, found["healthy"]) == (0 if healthy else 1, healthy)
    return {one["subject"]: one for one in found["checks"]}


async def follow(repair: str) -> None:
    """Type a command of `maglia-node` as it was told."""
    program, *words = shlex.split(repair)
    assert program == "maglia-node"
    ran = await asyncio.to_thread(run, *words)
    assert ran.exit_code == 0, ran.output


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with served(make_template(tmp_path_factory.mktemp("doctor") / "registry")) as world:
        yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sites(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    return await joined(world, tmp_path_factory.mktemp("bodies"), EST, MENSA, PONTE)


async def test_what_is_broken_is_named_and_its_own_command_mends_it(sites: list[Site], tmp_path: Path) -> None:
    site = Site(Path(shutil.copytree(sites[0].folder, tmp_path / "node")), EST, sites[0].network)
    folder = site.folder
    serve = f"maglia-node serve --dir {folder}"
    assert (await doctor(folder))["service"]["repair"] == serve
    async with site.serving(), sites[1].serving():
        found = await doctor(folder)
        assert (found["service"]["result"], found["clock"]["result"], found["card"]["result"]) == ("ok", "ok", "ok")
        assert found["network"]["found"] == "1 su 2 raggiunti, muti: 1 Onlus-Ponte: non risponde"
        assert found["network"]["repair"] == f"maglia-node doctor --dir {folder}"

    (folder / KEPT).write_bytes(b"edited by hand")
    broken = (await doctor(folder))["rules_files"]
    assert (broken["result"], broken["repair"]) == ("problem", serve)
    async with site.serving():  # as the command says
        assert "rules_files" not in await doctor(folder)

    assert (await doctor(folder))["card"]["result"] == "ok"
    ended = await doctor(folder, MAGLIA_NODE_CARD_RENEW_S="1")
    assert (ended["card"]["result"], ended["card"]["repair"]) == ("warning", serve)

    wrong = (await doctor(folder, MAGLIA_PASSPHRASE="un'altra"))["keys"]
    assert (wrong["result"], wrong["what"]) == ("problem", Code.STORAGE_KEYSTORE)
    assert wrong["repair"] == "read -rs MAGLIA_PASSPHRASE && export MAGLIA_PASSPHRASE"
    assert (await doctor(folder))["keys"]["result"] == "ok"


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.long
@pytest.mark.parametrize(
    ("off", "told"),
    [(252, "avanti di 4 min"), (-4 * 3600, "indietro di almeno 2 ore"), (0, "giusta, a meno di 30 s")],
)
async def test_a_clock_that_is_off_is_told_from_the_registrys(
    sites: list[Site], tmp_path: Path, off: int, told: str
) -> None:
    clock = ShiftedClock(tmp_path)
    clock.set(off)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "node", "doctor", "--dir", str(sites[0].folder), "--json"),
        env={**os.environ, **SECRETS, **clock.environment},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    found = {one["subject"]: one for one in json.loads(out)["checks"]}["clock"]
    assert found["found"].startswith(told)
    assert found["repair"] == ("sudo timedatectl set-ntp true" if off else "")


async def test_a_node_that_may_not_be_asked_is_examined_from_its_files(
    sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {**rules.OPERATOR_ROLES, "StatusService/GetFindings": frozenset[Role]()}
    monkeypatch.setattr("node.foundation.OPERATOR_ROLES", asked)
    async with sites[1].serving():
        found = await doctor(sites[1].folder)
    assert (found["service"]["result"], found["service"]["what"]) == ("warning", "service.old_rules")
    assert (found["log"]["result"], found["codes"]["result"]) == ("ok", "ok")


async def test_before_its_first_day_the_office_and_the_card_are_what_lacks(world: World, tmp_path: Path) -> None:
    site = prepared(world, tmp_path / "nuovo", "onlus-nuova")
    found = await doctor(site.folder)
    assert (found["card"]["what"], found["card"]["repair"]) == (
        "card.none",
        f"maglia-node state --dir {site.folder}",
    )
    assert (found["service"]["what"], found["service"]["repair"]) == ("service.not_joined", found["card"]["repair"])
    assert (found["office"]["result"], found["office"]["repair"]) == (
        "warning",
        f"maglia-node state --dir {site.folder}",
    )
    assert (found["directory"]["result"], found["directory"]["repair"]) == ("warning", found["card"]["repair"])
    assert (found["database"]["result"], (site.folder / "node.db").exists()) == ("ok", False)


async def test_operators_without_a_console_are_invited_by_the_command_told(sites: list[Site]) -> None:
    site = sites[2]
    store, _ = open_store(site.folder, site.keys, SystemClock())
    store.add_operator(Operator("ivo", "Ivo", Role.VOLUNTEER), "no password")
    store.close()
    found = (await doctor(site.folder, MAGLIA_NODE_REMOTE="true"))["consoles"]
    assert (found["result"], found["params"]) == ("warning", {"count": "1"})
    assert "ivo" not in found["found"]
    await follow(found["repair"])


async def test_it_speaks_english_and_refuses_other_languages(sites: list[Site]) -> None:
    for asked in (("--lang", "en"), ()):
        ran = await asyncio.to_thread(run, "doctor", "--dir", sites[0].folder, *asked, MAGLIA_LANG="en")
        assert "WARNING  Service             the node is stopped\n         -> maglia-node serve" in ran.stdout
        assert all(len(line) <= 80 for line in ran.stdout.splitlines() if str(sites[0].folder) not in line)
    other = await asyncio.to_thread(run, "doctor", "--dir", sites[0].folder, "--lang", "de", "--json")
    assert (other.exit_code, json.loads(other.stdout)["code"]) == (2, Code.INPUT_SETTING_VALUE)
    assert json.loads(other.stdout)["next_action"] == "Scriverne uno così: it, en."


CODE, NAME, CREDITOR, NOTE = fictional_code(7), "Xqzar Wqziana", "Immobiliare Xqwort", "racconta dello xqzsfratto"
USER, SHOWN, PROTOCOL, PLACE = "xqzanna", "Xqzanna Operatrice", "PRAT/XQZ/77", "Tlemcenxq"
OF_PERSONS = (CODE, NAME, "Wqziana", CREDITOR, NOTE, "xqzsfratto", USER, SHOWN, PROTOCOL, PLACE)
CANARIES = (*OF_PERSONS, PASSPHRASE, PASSWORD, "casa-di-xqzanna")


def planted(site: Site, folder: Path) -> Site:
    """Copy a node into a hosted body's folder, and put into it whatever may not come out."""
    home = folder / "casa-di-xqzanna" / "bodies" / EST
    node = Path(shutil.copytree(site.folder, home / "node"))
    store, backend = open_store(node, site.keys, SystemClock())
    store.add_operator(Operator(USER, SHOWN, Role.MANAGER), "no password")
    store.add_record(record(person(7), creditor=CREDITOR, protocol=PROTOCOL), USER)
    store.add_named_person(
        CompositeName(NAME, date(1980, 2, 1), PLACE),
        NamedAid("food_parcel", date(2025, 5, 1), 40_00, AidStatus.GIVEN, Basis.CONSENT),
        USER,
    )
    store.add_note(person(7), NOTE, USER)
    with closing(Log(backend, f"maglia/{NETWORK}/{EST}", site.keys.log.private)) as log:
        for code in ("member.card", "unreachable", NAME):
            entry = Entry(EntryKind.END_STATE, 1_748_736_000_000, MENSA, operator=USER, check_id=CODE, code=code)
            log.append(encode_entry(entry)).result(20)
    store.close()
    (node / f"{CODE}.csv").write_text(NOTE)
    said = f"refused: session.credentials: {USER} {NAME} {CODE} {PASSPHRASE}"
    (home / "node.log").write_text(
        f"2026-11-22 10:00:00,123 INFO maglia.wire.chain: {said}\n"
        f"2026-11-22 10:00:01,123 ERROR somebody.else: {said}\n{said}\n"
        "2026-11-22 10:00:02,123 INFO node.card: card renewed\n"
    )
    return Site(node, site.member, site.network)


def contents(path: Path) -> dict[str, bytes]:
    """Open a support file as its reader would."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(path) as tar:
        members = [(one, tar.extractfile(one)) for one in tar.getmembers()]
        assert {(one.uid, one.uname, one.gname) for one, _ in members} == {(0, "", "")}
        return {one.name: file.read() for one, file in members if file}


def kept_bytes(node: Path) -> Iterator[bytes]:
    """Yield every value of the database that stands for a person: sealed, indexed or a pseudonym."""
    with closing(sqlite3.connect(node / "node.db")) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if not name.startswith(("log_", "alembic")):
                for row in raw.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - names of our own tables
                    yield from (value for value in row if isinstance(value, bytes) and len(value) >= 8)


def disguised(secret: bytes) -> Iterator[bytes]:
    """Yield a value as it might be written all the same."""
    for value in (secret, *(hashlib.new(name, secret).digest() for name in ("sha256", "sha1", "md5"))):
        yield from (value, value.hex().encode(), value.hex()[:16].encode(), base64.b64encode(value).rstrip(b"="))


@pytest.mark.parametrize("name", ["assistenza.tar.gz", "assistenza.zip"])
async def test_the_support_file_holds_nothing_of_a_person(sites: list[Site], tmp_path: Path, name: str) -> None:
    site, out = planted(sites[0], tmp_path), tmp_path / name
    (tmp_path / "casa-di-xqzanna" / "host.json").touch()
    ran = await asyncio.to_thread(
        run, "doctor", "--dir", site.folder, "--support", out, MAGLIA_NODE_REMOTE="true", COLUMNS="80"
    )
    assert "device invite" in ran.stdout, "on this screen the operator is named, not in the file"
    assert "niente di persone" in ran.stdout
    assert out.stat().st_mode & 0o777 == 0o600
    found = contents(out)
    whole = b"\n".join([*found.values(), *(part.encode() for part in found)])
    secrets = [one.encode() for one in CANARIES] + [one.upper().encode() for one in OF_PERSONS]
    values = list(kept_bytes(site.folder))
    assert len(values) > 8
    for secret in [*secrets, *values, site.keys.field_key, site.keys.identity.seed, site.keys.wrapping_key]:
        assert not [one for one in disguised(secret) if one in whole], secret

    documents = {part.rpartition("/")[2]: text for part, text in found.items()}
    log = json.loads(documents["log.json"])
    assert log["codes"] == {"member.card": 1, "unreachable": 1}
    assert (log["ok"], log["size"]) == (True, log["counted"])
    assert json.loads(documents["sizes.json"])["files"]["others"]["files"] > 0
    assert json.loads(documents["sizes.json"])["tables"]["person"] == 1
    assert json.loads(documents["versions.json"])["sqlalchemy"]
    assert json.loads(documents["settings.json"])["member"] == EST
    levels = {one["subject"]: one["level"] for one in json.loads(documents["findings.json"])["findings"]}
    assert (levels["consoles"], levels["keys"]) == ("warning", "ok")
    assert documents["technical.log"].decode().splitlines() == [
        "2026-11-22 10:00:00,123 INFO maglia.wire.chain: refused session.credentials - - - - - - - -",
        "2026-11-22 10:00:02,123 INFO node.card: card renewed",
    ]
    again = await asyncio.to_thread(run, "doctor", "--dir", site.folder, "--support", out, "--json")
    assert (again.exit_code, json.loads(again.stdout)["code"]) == (1, Code.STORAGE_EXISTS)


async def test_a_node_that_does_not_open_has_a_support_file_too(sites: list[Site], tmp_path: Path) -> None:
    out = tmp_path / "assistenza.tar.gz"
    ran = await asyncio.to_thread(
        run, "doctor", "--dir", sites[0].folder, "--support", out, "--json", MAGLIA_PASSPHRASE="x"
    )
    assert json.loads(ran.stdout)["support"] == str(out)
    documents = {part.rpartition("/")[2]: json.loads(text) for part, text in contents(out).items() if "json" in part}
    assert documents["log.json"]["unread"] == Code.STORAGE_KEYSTORE
    assert documents["findings.json"]["findings"][0]["what"] == Code.STORAGE_KEYSTORE
    nowhere = await asyncio.to_thread(run, "doctor", "--dir", tmp_path, "--support", tmp_path / "x.zip", "--json")
    assert json.loads(nowhere.stdout)["checks"][0]["what"] == Code.STORAGE_MISSING
