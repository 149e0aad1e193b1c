"""A file sealed under a passphrase and read back as a stream, however long, in little memory.

One line of JSON says whose it is, with the salt of the passphrase's key; then come chunks of 1 MiB under AES-256-GCM.
A chunk's nonce is the file's own seven bytes, the chunk's number and whether it is the last one (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks cannot be left out, moved, or cut off at the end
unseen.
"""

from __future__ import annotations

import base64
import json
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_member_id, check_network_name
from maglia.core.keystore import derive_key

SCHEMA = "maglia.node-archive/1"
CHUNK = 1024 * 1024
_TAG = 16
_MAX_HEADER = 1024


@dataclass(frozen=True)
class Header:
    """What can be read without the passphrase: whose archive it is. Believed only once it opened."""

    member: str
    network: str
    salt: bytes
    prefix: bytes
    line: bytes


@contextmanager
def sealing(out: BinaryIO, member: str, network: str, passphrase: str) -> Iterator[Sealer]:
    """Yield what seals each byte written to it into `out`; without the end of the context the file does not open."""
    salt, prefix = secrets.token_bytes(16), secrets.token_bytes(7)
    fields = {"schema": SCHEMA, "member": member, "network": network, "salt": _text(salt), "prefix": _text(prefix)}
    line = json.dumps(fields).encode() + b"\n"
    out.write(line)
    sealer = Sealer(out, _Chunks(passphrase, Header(member, network, salt, prefix, line)))
    yield sealer
    sealer.finish()


def read_header(source: BinaryIO) -> Header:
    """Return whose archive begins at `source`; raise `storage.archive` when it is none."""
    line = source.readline(_MAX_HEADER)
    try:
        fields = json.loads(line)
        member, network = check_member_id(fields["member"]), check_network_name(fields["network"])
        salt, prefix = (base64.b64decode(fields[name], validate=True) for name in ("salt", "prefix"))
        known = (fields["schema"], len(salt), len(prefix)) == (SCHEMA, 16, 7)
    except (ValueError, KeyError, TypeError, RecursionError, MagliaError) as error:
        raise MagliaError(Code.STORAGE_ARCHIVE, cause=f"header: {type(error).__name__}") from error
    if not known:
        raise MagliaError(Code.STORAGE_ARCHIVE, cause="header of another kind")
    return Header(member, network, salt, prefix, line)


class _Chunks:
    """Seals and opens the chunks of one file, in order."""

    def __init__(self, passphrase: str, header: Header) -> None:
        self._aead = AESGCM(derive_key(passphrase, header.salt))
        self._header = header
        self._number = 0

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        return self._aead.encrypt(self._nonce(last=last), plain, self._header.line)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        try:
            return self._aead.decrypt(self._nonce(last=last), sealed, self._header.line)
        except InvalidTag as error:
            raise MagliaError(Code.STORAGE_ARCHIVE, cause=f"chunk {self._number - 1}") from error

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._header.prefix + struct.pack(">I?", self._number, last)
        self._number += 1
        return nonce


class Sealer:
    """Collects what is written into chunks; `finish` writes the last one."""

    def __init__(self, out: BinaryIO, chunks: _Chunks) -> None:
        self._out = out
        self._chunks = chunks
        self._waiting = bytearray()

    def write(self, content: bytes) -> int:
        """Take `content`; return its length, as files do."""
        self._waiting += content
        while len(self._waiting) > CHUNK:  # a full chunk waits too: it may be the last
            self._out.write(self._chunks.seal(bytes(self._waiting[:CHUNK]), last=False))
            del self._waiting[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Write what waits, as the last chunk."""
        self._out.write(self._chunks.seal(bytes(self._waiting), last=True))


class Opener:
    """Reads what `sealing` wrote; every read raises `storage.archive` rather than return what was not sealed so."""

    def __init__(self, source: BinaryIO, header: Header, passphrase: str) -> None:
        self._source = source
        self._chunks = _Chunks(passphrase, header)
        self._next = _read_full(source, CHUNK + _TAG)
        self._ready = bytearray()
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        while len(self._ready) < size and not self._ended:
            sealed, self._next = self._next, _read_full(self._source, CHUNK + _TAG)
            self._ended = not self._next
            self._ready += self._chunks.open(sealed, last=self._ended)
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def finish(self) -> None:
        """Read to the end: only then is it sure that nothing was cut off."""
        while self.read(CHUNK):
            pass


def _read_full(source: BinaryIO, size: int) -> bytes:
    """Return `size` bytes, fewer only at the end; a pipe gives them piece by piece."""
    pieces: list[bytes] = []
    while size and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
