"""What is lost or damaged in a node's folder: the doctor names it, writes nothing, and its command works as printed."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.checkpoint import cosign
from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code
from maglia.core.log import Log
from node.entries import Entries
from node.folder import DATABASE_FILE, SystemClock, open_store
from node.log.guard import LogGuard
from node.store.monthly import MonthlyKeyFiles
from tests.integration.log_writer import WITNESS, WITNESS_KEY
from tests.integration.node_world import Site, prepared
from tests.integration.registry_world import NETWORK, make_template, served
from tests.integration.test_doctor import SECRETS, doctor, run

pytestmark = pytest.mark.asyncio(loop_scope="module")
EST = "onlus-est"
HEAD = time.time()


async def typed(repair: str) -> tuple[int, str]:
    """Type a command in a shell as it was printed; return its status, and what it said."""
    environment = os.environ | SECRETS | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-c", repair), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await shell.communicate()
    return shell.returncode or 0, out.decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A stopped node whose log has an entry about a person, cosigned; its registry is away."""
    async with served(make_template(tmp_path_factory.mktemp("losses") / "registry")) as world:
        site = prepared(world, tmp_path_factory.mktemp("bodies") / EST, EST)
    await write_entry(site)
    yield site


async def write_entry(site: Site) -> None:
    """Log that somebody was asked about, as a node that serves does."""
    store, backend = open_store(site.folder, site.keys, SystemClock())
    with closing(Log(backend, f"maglia/{NETWORK}/{EST}", site.keys.log.private, witness=WITNESS)) as log:
        entries = Entries(log, MonthlyKeyFiles(site.folder / "log-keys", site.keys.wrapping_key), SystemClock())
        month, sealed = entries.seal([bytes(16)])
        await entries.write(Entry(EntryKind.ASKED, entries.now_ms(), "onlus-x", key_month=month, sealed=sealed))
        log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, int(HEAD)))
        LogGuard(site.folder, log, lambda: 0, SystemClock(), 1e9).start()
    store.close()


@pytest.fixture
def site(worked: Site, tmp_path: Path) -> Site:
    return Site(Path(shutil.copytree(worked.folder, tmp_path / "node")), EST, worked.network)


def month_file(folder: Path) -> Path:
    [file] = (folder / "log-keys").glob("*.key")
    return file


async def test_a_month_key_that_is_gone_is_missed(site: Site) -> None:
    assert (await doctor(site.folder))["log_keys"]["result"] == "ok"
    file = month_file(site.folder)
    for lost in (file.unlink, file.parent.rmdir):
        lost()
        found = (await doctor(site.folder))["log_keys"]
        assert (found["result"], found["what"]) == ("problem", "log_keys.missing")
        assert found["found"].startswith(f"manca {file.name}: ")
        assert (await typed(found["repair"]))[0] == 0
    assert not file.parent.exists(), "who only looks makes nothing"


async def test_a_key_made_in_the_place_of_a_lost_one_does_not_pass_for_it(site: Site) -> None:
    file = month_file(site.folder)
    file.unlink()
    await write_entry(site)
    assert file.exists(), "the month goes on under another key"
    found = (await doctor(site.folder))["log_keys"]
    assert (found["result"], found["what"], found["params"]) == ("problem", "log_keys.closed", {"files": file.name})


async def test_a_database_that_is_gone_is_told_and_nobody_makes_an_empty_one(site: Site) -> None:
    database = site.folder / DATABASE_FILE
    kept = database.rename(site.folder.parent / "kept.db")
    found = await doctor(site.folder)
    assert (found["database"]["result"], found["database"]["what"]) == ("problem", Code.STORAGE_LOST)
    assert "log" not in found, "no alarm about a log that nobody altered"
    assert (await typed(found["database"]["repair"]))[0] == 0
    out = site.folder.parent / "nodo.maglia-node"
    for command in (["log", "verify"], ["backup", "--out", out], ["import", __file__]):
        asked = *command, "--dir", site.folder
        ran = await asyncio.to_thread(run, *asked, MAGLIA_ARCHIVE_PASSPHRASE="una frase d'archivio")
        assert ran.exit_code == 1, command
    assert not database.exists()
    kept.rename(database)
    assert (await doctor(site.folder))["log"]["result"] == "ok"


def cut(name: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(b"%PDF-1.7 something else")

    return write


def gone(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def misspelt(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        settings = folder / "node.toml"
        settings.write_text(settings.read_text() + text)

    return write


@pytest.mark.parametrize(
    ("broken", "code", "told"),
    [
        (gone("keystore.json"), Code.STORAGE_KEYS_LOST, "Manca il file delle chiavi «keystore.json»."),
        (cut("keystore.json"), Code.STORAGE_KEYS_DAMAGED, "nessuna frase segreta lo apre"),
        (gone("node.toml"), Code.STORAGE_MISSING, "node.toml"),
        (misspelt('engine = "opa\n'), Code.INPUT_TOML, "errore alla riga 4"),
        (misspelt('remote = "perhaps"\n'), Code.INPUT_SETTING_VALUE, "Scriverne uno così: true, false."),
        (misspelt("log_months = 900\n"), Code.INPUT_SETTING_VALUE, "Scriverne uno così: ≤ 600."),
        (misspelt('peers = "x"\n'), Code.INPUT_SETTING, "«peers»"),
    ],
    ids=["keys gone", "keys damaged", "settings gone", "no TOML", "neither yes nor no", "too many months", "unknown"],
)
async def test_keys_and_settings_are_told_apart(
    site: Site, broken: Callable[[Path], None], code: Code, told: str
) -> None:
    broken(site.folder)
    found = await doctor(site.folder)
    assert (found["keys"]["result"], found["keys"]["what"]) == ("problem", code)
    assert told in found["keys"]["found"]
    repair = found["keys"]["repair"]
    assert repair.startswith("nano ") or (await typed(repair))[0] == 0


async def test_an_office_that_is_away_is_told_in_the_nodes_words(site: Site) -> None:
    found = (await doctor(site.folder))["office"]
    assert (found["result"], found["what"]) == ("problem", "office.away")
    ran = await typed(found["repair"])
    assert ran[0] == 3
    assert ran[1].startswith("L'ufficio di accreditamento non risponde.")


async def test_a_body_that_did_not_join_is_sent_to_the_office_not_to_a_start(site: Site) -> None:
    found = await doctor(site.folder)
    assert {found[part]["repair"] for part in ("service", "card", "directory")} == {
        f"maglia-node state --dir {site.folder}"
    }
    status, said = await typed(f"maglia-node serve --dir {site.folder}")
    assert (status, "card.bin" in said) == (4, False)
    assert "maglia-node join CODICE" in said
