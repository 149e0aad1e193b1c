"""Backups that open, and whose files are the enemy's: `maglia-node restore` refuses them and keeps nothing."""

from __future__ import annotations

import io
import sqlite3
import tarfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from node.config import SETTINGS_FILE
from node.folder import DATABASE_FILE, SystemClock, open_store
from node.hosting.sealed import CHUNK, Opener, read_header, sealing
from node.keys import load_keys
from tests.integration.registry_world import PASSPHRASE
from tests.integration.test_moving import (
    ARCHIVE,
    EST,
    NEW,
    done,
    failed,
    network_file,
    places,
    quick_keys,
    run,
    template,
)

__all__ = ["network_file", "quick_keys", "template"]
Spoil = Callable[[bytes], bytes]
TRIGGER = "CREATE TRIGGER gone AFTER INSERT ON log_entry BEGIN DELETE FROM aid_record; END"


def by_sql(*statements: str) -> Spoil:
    def spoil(content: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as opened:
            opened.deserialize(content[:18] + b"\1\1" + content[20:])  # without a journal beside it
            opened.executescript(";".join(statements))
            return bytes(opened.serialize())

    return spoil


ROGUE: Mapping[str, tuple[str, Spoil]] = {
    "a trigger": (DATABASE_FILE, by_sql(TRIGGER)),
    "a view in place of a table": (DATABASE_FILE, by_sql("CREATE VIEW people AS SELECT * FROM person")),
    "a virtual table": (DATABASE_FILE, by_sql("CREATE VIRTUAL TABLE words USING fts5(word)")),
    "a table whose name ends the statement": (DATABASE_FILE, by_sql('CREATE TABLE "x"" y" (a)')),
    "no log": (DATABASE_FILE, by_sql("DROP TABLE log_entry")),
    "a log of text": (DATABASE_FILE, by_sql("INSERT INTO log_entry VALUES (0, 'text', 'hash')")),
    "half a database": (DATABASE_FILE, lambda content: content[: len(content) // 2]),
    "no database": (DATABASE_FILE, lambda content: b"x" * len(content)),
    "settings without end": (SETTINGS_FILE, lambda content: content + b"\nx = " + b"[" * 60_000),
}


@pytest.mark.usefixtures("quick_keys")
def test_an_archive_that_opens_and_holds_what_no_node_wrote_is_refused(network_file: Path, tmp_path: Path) -> None:
    node, good, new = tmp_path / "node", tmp_path / "good", tmp_path / "new"
    assert run("init", "--dir", node, "--network-file", network_file, "--member", EST, *places()).exit_code == 0
    open_store(node, load_keys(node, PASSPHRASE), SystemClock())[0].close()
    done("backup", "--dir", node, "--out", good)
    said = {}
    for rogue, (name, spoil) in ROGUE.items():
        said[rogue] = failed("restore", _rewritten(good, name, spoil), "--dir", new, *places(), **NEW)
        assert list(new.iterdir()) == [], rogue
    assert said == dict.fromkeys(ROGUE, (1, "storage.archive"))
    done("restore", _rewritten(good, SETTINGS_FILE, bytes), "--dir", new, *places(), **NEW)


def _rewritten(good: Path, name: str, spoil: Spoil) -> Path:
    """Return a copy of an archive, sealed by who knows its passphrase, with one file spoiled."""
    rogue, passphrase = good.with_name("rogue"), ARCHIVE["MAGLIA_ARCHIVE_PASSPHRASE"]
    with good.open("rb") as source:
        header = read_header(source)
        opener = Opener(source, header, passphrase)
        plain = b"".join(iter(lambda: opener.read(CHUNK), b""))
    with (
        tarfile.open(fileobj=io.BytesIO(plain)) as read,
        rogue.open("wb") as out,
        sealing(out, header.member, header.network, passphrase) as sealer,
        tarfile.open(fileobj=sealer, mode="w|") as written,  # type: ignore[call-overload]
    ):
        for member in read:
            file = read.extractfile(member)
            assert file
            content = spoil(file.read()) if member.name == name else file.read()
            entry = tarfile.TarInfo(member.name)
            entry.size = len(content)
            written.addfile(entry, io.BytesIO(content))
    return rogue
