"""One damaged page in a stopped program's database: it says so at its start or answers what is true, never less."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import BinaryIO

from maglia.core.identity import REGISTRY_ID
from tests.torture.arena import NetworkArena, open_arena, small_network
from tests.torture.console import Refused
from tests.torture.rounds import Kind, Round

ROUNDS = 20
PERSONS = 12
_PAGE = 4096
_HELPFUL = ("aid_record", "person", "pseudonym", "known_as", "consent")
"""Tables in which a page that is lost could turn a verdict: half of all rounds are theirs."""

_OWNERS = "SELECT s.pageno - 1, coalesce(m.tbl_name, s.name) FROM dbstat AS s LEFT JOIN sqlite_master AS m USING (name)"


@dataclass
class Pages:
    """Brings the network up from a copy of it, with one page of one database changed."""

    arena: NetworkArena
    copy: Path

    async def play(self, found: Round) -> None:
        """Damage a page, start everything, and ask from everywhere about everybody."""
        random = Random(found.seed)
        victim = random.choice([*self.arena.live.members(), REGISTRY_ID])
        await asyncio.to_thread(self._restore)
        database = next(self.arena.live.directory.glob(f"**/{victim}/*.db"))
        found.fault = f"{victim}: {damage(database, random)}"
        await asyncio.to_thread(self._start_all, victim, found)
        for console in self.arena.load.consoles.values():
            console.forget()
            for person in self.arena.load.persons:
                try:
                    await self.arena.load.check(console, person)
                except Refused as refused:
                    self.arena.load.oracle.refused(refused.code.value, refused.fault)
        self.arena.load.oracle.tell(found)

    def _restore(self) -> None:
        live = self.arena.live
        live.down()
        shutil.rmtree(live.directory)
        shutil.copytree(self.copy, live.directory)

    def _start_all(self, victim: str, found: Round) -> None:
        for name in (REGISTRY_ID, *self.arena.live.members()):
            try:
                self.arena.live.start(name)
                said = "served"
            except AssertionError:
                said = "did not start"
                if name != victim:
                    found.unrecovered.append(f"{name} does not start, though {victim} alone is damaged")
            if name == victim:
                found.notes["start"] = said
                words = self.arena.live.directory.joinpath("log", f"{name}.log").read_text("utf-8", "replace")
                if "Traceback" in words:
                    found.uncoded.append(f"{name}: {words[-400:]}")


def damage(database: Path, random: Random) -> str:
    """Change one page of a database as disks do; return what was done."""
    tables, pages = _owners(database), database.stat().st_size // _PAGE
    helpful = [page for page, table in tables.items() if table.startswith(_HELPFUL)]
    page = random.choice(helpful) if helpful and random.random() < 0.5 else random.randrange(1, pages)
    with database.open("r+b") as file:
        whole = _read(file, page)
        how, spoilt = random.choice(
            [
                ("lost", bytes(_PAGE)),
                ("overwritten", random.randbytes(_PAGE)),
                ("torn", whole[: _PAGE // 2] + bytes(_PAGE // 2)),
                ("another page's", _read(file, random.randrange(1, pages))),
            ]
        )
        file.seek(page * _PAGE)
        file.write(spoilt)
    return f"page {page} of {tables.get(page, 'no table')} {how}"


def _read(file: BinaryIO, page: int) -> bytes:
    file.seek(page * _PAGE)
    return file.read(_PAGE)


def _owners(database: Path) -> dict[int, str]:
    """Return to which table or index each page belongs, where SQLite can tell; pages are counted from 0."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        try:
            return dict(opened.execute(_OWNERS).fetchall())
        except sqlite3.OperationalError:
            return {}


@contextlib.asynccontextmanager
async def _open(folder: Path) -> AsyncIterator[Pages]:
    with small_network(folder) as live:
        async with open_arena(live, seed=2, persons=PERSONS) as arena:
            await arena.fill()
            live.down()
            copy = folder / "copy"
            await asyncio.to_thread(shutil.copytree, live.directory, copy)
            yield Pages(arena, copy)


PAGES = Kind("pages", "one damaged page in a database", ROUNDS, _open)
