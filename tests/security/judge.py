"""Who judges an attack: with every key at hand, it knows which row of a stolen database is about whom."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from maglia.core.entry import Entry, EntryKind, open_pseudonyms
from maglia.wire.entries import decode_entry
from node.keys import Keys
from node.store.fields import Fields
from node.store.monthly import MonthlyKeyFiles


class Judge:
    """Reads one node's database as its own node would."""

    def __init__(self, database: Path, keys: Keys) -> None:
        self._keys = MonthlyKeyFiles(database.parent / "log-keys", keys.wrapping_key)
        fields = Fields(keys.field_key)
        self.raw = b"".join(path.read_bytes() for path in sorted(database.parent.glob(f"{database.name}*")))
        with closing(sqlite3.connect(database)) as connection:
            persons = connection.execute("SELECT id, code_index, code FROM person ORDER BY id").fetchall()
            self._code = {number: fields.open("person.code", index, code).decode() for number, index, code in persons}
            self._sealed = {number: code for number, _, code in persons}
            aid = connection.execute("SELECT id, person_id FROM aid_record ORDER BY rowid").fetchall()
            self._of_record = dict(aid)
            self._events = connection.execute("SELECT subject FROM event ORDER BY id").fetchall()
            self._pseudonyms = connection.execute("SELECT pseudonym, subject_id FROM pseudonym").fetchall()
            self.notes = [note for (note,) in connection.execute("SELECT note FROM log_checkpoint WHERE cosigned")]
            leaves = connection.execute("SELECT leaf FROM log_entry ORDER BY idx").fetchall()
        self.entries: list[Entry] = [decode_entry(leaf) for (leaf,) in leaves]

    @property
    def pseudonyms(self) -> dict[bytes, str]:
        """Return each stored pseudonym with the typed input that it stands for."""
        return {pseudonym: self._code[number] for pseudonym, number in self._pseudonyms}

    def person_of(self, entry: Entry) -> str:
        """Return whom an entry is about, if that is somebody who is helped here."""
        [pseudonym, *_] = open_pseudonyms(self._keys.key(entry.key_month), entry.sealed)
        return self.pseudonyms.get(pseudonym, "")

    def orders(self) -> dict[str, list[str]]:
        """Return every order of persons that the database shows, by the name of what has it."""
        enrolled = [entry for entry in self.entries if entry.kind is EntryKind.ENROLMENT]
        return {
            "person": self._clients(),
            "place in the file": sorted(self._clients(), key=self._place_of().__getitem__),
            "aid_record": [self._code[number] for number in self._of_record.values()],
            "event": [self._code[self._of_record[one]] for (one,) in self._events if one in self._of_record],
            "pseudonym": list(self.pseudonyms.values()),
            "enrolment": [self.person_of(entry) for entry in enrolled],
        }

    def _clients(self) -> list[str]:
        helped = set(self._of_record.values())
        return [code for number, code in self._code.items() if number in helped]

    def _place_of(self) -> dict[str, int]:
        return {self._code[number]: self.raw.rfind(sealed) for number, sealed in self._sealed.items()}
