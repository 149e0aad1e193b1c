"""The network that is measured: the demo's own district, each node a real process."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from demo.network import NETWORK, down, start, stop, up
from demo.sheet import find_node, find_program, read_sheet
from maglia.core.directory import Directory, decode_directory
from maglia.core.errors import MagliaError
from node.keys import Keys, load_keys

SEED = 10
ASKER = "comune-borgo-esempio"
"""Who asks in every figure: a comune, since its officers may ask about 300 persons a day."""

ANSWERING = "comune-valle-esempio"
"""Who answers where one node is measured."""
_WRITTEN_S = 5.0
"""In this time a node has written a directory."""


class BenchNetwork:
    """A running network and what a driver may know of it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._passphrase = directory.joinpath("passphrase").read_text("utf-8")

    def node(self, member: str) -> dict[str, Any]:
        """Return a node's part of the sheet: ports, folder, operators, process."""
        return find_node(read_sheet(self.directory), member)

    def data_dir(self, member: str) -> Path:
        """Return a node's folder."""
        return Path(self.node(member)["data_dir"])

    def pid(self, name: str) -> int:
        """Return the process of a node, or of the registry."""
        return int(find_program(read_sheet(self.directory), name)["pid"])

    def members(self) -> list[str]:
        """Return every member's id."""
        return [node["member"] for node in read_sheet(self.directory)["nodes"]]

    def keys(self, member: str) -> Keys:
        """Return a node's secrets: the driver stands in for the body."""
        return load_keys(self.data_dir(member), self._passphrase)

    def directory_of(self, member: str) -> Directory:
        """Return the directory that a node trusts; while the node writes a newer one its file is not whole."""
        path, until = self.data_dir(member) / "trust" / "targets" / "directory.json", time.monotonic() + _WRITTEN_S
        while True:
            try:
                return decode_directory(path.read_bytes())
            except MagliaError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def persons_known(self, member: str, count: int) -> list[bytes]:
        """Return pseudonyms of persons that a body helps."""
        statement = "SELECT pseudonym FROM pseudonym WHERE class = 'person' ORDER BY subject_id LIMIT ?"
        return [bytes(row[0]) for row in self._read(member, statement, count)]

    def facets_of(self, member: str) -> dict[bytes, frozenset[str]]:
        """Return what a body's records say of each person that it helps: pseudonym, and the facets of all records."""
        statement = (
            "SELECT pseudonym, group_concat(DISTINCT facet) FROM pseudonym "
            "JOIN aid_record ON person_id = subject_id WHERE class = 'person' GROUP BY pseudonym LIMIT ?"
        )
        return {bytes(row[0]): frozenset(row[1].split(",")) for row in self._read(member, statement, -1)}

    def records(self, member: str) -> int:
        """Return how many aid records a node's SQLite holds."""
        return int(self._read(member, "SELECT count(*) FROM aid_record WHERE ?", 1)[0][0])

    def leaves(self, member: str) -> list[bytes]:
        """Return all entries of a node's log."""
        return [bytes(row[0]) for row in self._read(member, "SELECT leaf FROM log_entry ORDER BY idx LIMIT ?", -1)]

    def set_up(self, member: str, **settings: str | int | None) -> int:
        """Start a node anew under other settings, None for one that it is to have no more; return its process."""
        self.set_up_all([member], **settings)
        return int(self.node(member)["pid"])

    def set_up_all(self, members: Sequence[str], **settings: str | int | None) -> None:
        """Start nodes anew, side by side, under other settings."""
        stop(self.directory, *members)
        for member in members:
            self._write_settings(member, settings)
        start(self.directory, *members)

    def _write_settings(self, member: str, settings: Mapping[str, str | int | None]) -> None:
        path = self.data_dir(member) / "node.toml"
        text = path.read_text("utf-8")
        for name, value in settings.items():
            line = f'{name} = "{value}"\n' if isinstance(value, str) else f"{name} = {value}\n"
            text = ("" if value is None else line) + re.sub(rf"(?m)^{name} = .*\n", "", text)
        path.write_text(text, "utf-8")

    def _read(self, member: str, statement: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(self.data_dir(member) / "node.db")) as connection:
            return connection.execute(statement, parameters).fetchall()


@contextmanager
def bench_network(bodies: int, records: int) -> Iterator[BenchNetwork]:
    """Bring a district of `bodies` with so many aid records up in a folder of its own, and take it away again.

    The engine is the embedded one everywhere.
    """
    with tempfile.TemporaryDirectory(prefix="maglia-bench-") as folder:
        directory = Path(folder) / NETWORK
        up(directory, SEED, date.today(), bodies, engine="embedded", records=records)
        try:
            yield BenchNetwork(directory)
        finally:
            down(directory)
