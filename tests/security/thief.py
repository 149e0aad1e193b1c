"""What a thief does with stolen files and the list of all codes: everything that needs no key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from google.protobuf.message import Message

from maglia.core import group, oprf
from maglia.core.entry import EntryKind
from maglia.core.errors import MagliaError
from maglia.v1 import exchange_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.log_pb2 import LogEntry
from node.store.fields import Fields

WINDOW = 16
"""Bytes that two values must share to count as one: half of the shortest hash in use, all of a pseudonym."""

Evaluate = Callable[[list[bytes]], list[bytes]]
"""One member's key, as the registry lends it: elements in, elements out."""

_ONE = (1).to_bytes(32, "little")
_HASHES = (hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.sha3_256, hashlib.blake2b)
_LABELS = (b"", b"maglia", b"maglia/1", b"prova", b"registry", b"code", b"person", b"pseudonym", b"budget", b"cf:")
_KEYS = (bytes(32), bytes(range(32)), hashlib.sha256(b"maglia").digest())
_WORD = re.compile(rb"[A-Za-z0-9+/=_-]{16,}")


def windows(content: bytes) -> set[bytes]:
    """Return every run of 16 bytes."""
    return {content[at : at + WINDOW] for at in range(len(content) - WINDOW + 1)}


def derived(typed_input: bytes) -> Iterator[bytes]:
    """Yield whatever can be computed of a code by whoever has no key."""
    code = typed_input.rpartition(b":")[2]
    forms = (typed_input, code, code.lower(), code.decode().encode("utf-16-le"))
    yield from forms
    for form in forms[:2]:
        yield from (new(form).digest() for new in _HASHES)
        for label in _LABELS:
            yield hmac.digest(label, form, "sha256")
            yield hmac.digest(form, label, "sha256")
            yield hashlib.sha256(label + form).digest()
    yield from (fields.index(column, typed_input) for fields in _GUESSED for column in ("code", "budget", "content"))
    for mode in oprf.Mode:
        element = oprf.hash_to_group(typed_input, mode)
        yield element
        yield oprf.finalize(typed_input, _ONE, element)
        yield hashlib.sha256(element).digest()


_GUESSED = [Fields(key) for key in _KEYS]


def encodings(value: bytes) -> Iterator[bytes]:
    """Yield the first 16 bytes of a value as they would stand in a file: plain, in hex, in base64."""
    yield value[:WINDOW]
    yield binascii.hexlify(value[: WINDOW // 2])
    yield binascii.hexlify(value[: WINDOW // 2]).upper()
    yield binascii.b2a_base64(value[: WINDOW * 3 // 4], newline=False)


def recognised(content: bytes, codes: Iterable[bytes]) -> set[bytes]:
    """Return which typed inputs of the list have anything computed of them anywhere in the bytes of some files."""
    seen = windows(content)
    return {code for code in codes if any(form in seen for value in derived(code) for form in encodings(value) if form)}


def rows(database: Path) -> Iterator[tuple[str, str, int, object]]:
    """Yield table, column, place in the table's own order, and value of everything in a database."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name out of the schema
            names = [column[0] for column in cursor.description]
            for place, row in enumerate(cursor):
                yield from ((table, name, place, value) for name, value in zip(names, row, strict=True))


def marks(database: Path) -> dict[bytes, set[str]]:
    """Return each run of 16 bytes that is no text, out of every value, encoded ones too, with where it stands."""
    found: dict[bytes, set[str]] = defaultdict(set)
    for table, column, _, value in rows(database):
        for name, part in _parts(table, column, value):
            for mark in _opaque(part):
                found[mark].add(name)
    return found


def _parts(table: str, column: str, value: object) -> Iterator[tuple[str, bytes]]:
    """An entry of the log is taken apart, and the evidence in it: their formats are public."""
    if column == "leaf" and isinstance(value, bytes):
        entry = LogEntry.FromString(value)
        yield from _fields(table, entry)
        envelope = Envelope.FromString(entry.evidence)
        signed = pb.Receipt if entry.kind == EntryKind.END_STATE else pb.BoundQuestion
        yield from _fields("log_evidence", envelope)
        yield from _fields("log_evidence", signed.FromString(envelope.payload))
    elif value is not None:
        yield f"{table}.{column}", value if isinstance(value, bytes) else str(value).encode()


def _fields(table: str, message: Message) -> Iterator[tuple[str, bytes]]:
    for field, part in message.ListFields():
        if field.name not in {"evidence", "payload"}:
            yield f"{table}.{field.name}", part if isinstance(part, bytes) else str(part).encode()


def _opaque(value: bytes) -> set[bytes]:
    if not _is_text(value):
        return windows(value)
    return set().union(*(windows(plain) for word in _WORD.findall(value) for plain in _decoded(word)))


def _is_text(value: bytes) -> bool:
    try:
        return all(sign.isprintable() or sign.isspace() for sign in value.decode())
    except UnicodeDecodeError:
        return False


def _decoded(word: bytes) -> Iterator[bytes]:
    for decode in (binascii.unhexlify, lambda text: base64.b64decode(text, validate=True), base64.urlsafe_b64decode):
        try:
            yield decode(word)
        except (binascii.Error, ValueError):
            continue


def rank_correlation(one: Sequence[object], other: Sequence[object]) -> float:
    """Return Spearman's coefficient between the orders in which two lists name the same things; 0 when they don't."""
    place = {thing: at for at, thing in enumerate(other)}
    common = [thing for thing in dict.fromkeys(one) if thing in place]
    count = len(common)
    if count < 3:
        return 0.0
    ranks = sorted(range(count), key=lambda at: place[common[at]])
    distance = sum((rank - at) ** 2 for rank, at in enumerate(ranks))
    return 1 - 6 * distance / (count * (count**2 - 1))


def elements_of(value: bytes) -> Iterator[bytes]:
    """Yield each element of the group that a stored value may be: itself, filled up, or what it hashes to."""
    for guess in (value, value.ljust(group.SIZE, b"\0")):
        try:
            yield group.check_element(guess)
        except MagliaError:
            continue
    yield oprf.hash_to_group(value)


def swapped(
    one: Iterable[bytes], other: Iterable[bytes], under_one: Evaluate, under_other: Evaluate
) -> set[tuple[bytes, bytes]]:
    """Return the pairs of values that meet when each is evaluated under the other database's key.

    A member may have any element evaluated under any other's key; a thief needs one accomplice among them.
    """
    met = {evaluated: value for value in one for evaluated in under_other(list(elements_of(value)))}
    return {
        (met[evaluated], value)
        for value in other
        for evaluated in under_one(list(elements_of(value)))
        if evaluated in met
    }
