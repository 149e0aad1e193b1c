"""A sealed file: whole and unaltered, or not at all."""

from __future__ import annotations

import io

import pytest

from maglia.core import keystore
from maglia.core.errors import Code, MagliaError
from node.hosting import sealed
from node.hosting.sealed import CHUNK, Opener, read_header, sealing

PASSPHRASE = "una frase di prova"


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "_SCRYPT_N", 2**8)


def seal(content: bytes) -> bytes:
    out = io.BytesIO()
    with sealing(out, "mensa-est", "prova", PASSPHRASE) as sealer:
        for start in range(0, len(content), 700_001):
            sealer.write(content[start : start + 700_001])
    return out.getvalue()


def opened(file: bytes, passphrase: str = PASSPHRASE) -> bytes:
    source = io.BytesIO(file)
    opener = Opener(source, read_header(source), passphrase)
    pieces = []
    while piece := opener.read(65_537):
        pieces.append(piece)
    return b"".join(pieces)


def refused(file: bytes, passphrase: str = PASSPHRASE) -> bool:
    try:
        opened(file, passphrase)
    except MagliaError as error:
        return error.code is Code.STORAGE_ARCHIVE
    return False


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 17])
def test_what_was_sealed_is_read_back(size: int) -> None:
    content = bytes(index * 7 % 251 for index in range(size))
    assert opened(seal(content)) == content


def test_the_header_tells_whose_it_is_and_binds(monkeypatch: pytest.MonkeyPatch) -> None:
    file = seal(b"contenuto")
    assert (read_header(io.BytesIO(file)).member, read_header(io.BytesIO(file)).network) == ("mensa-est", "prova")
    assert b"contenuto" not in file
    assert refused(file.replace(b"mensa-est", b"mensa-sud"))
    monkeypatch.setattr(sealed, "SCHEMA", "maglia.node-archive/2")
    assert refused(file)


def test_nothing_is_altered_left_out_moved_or_cut_off_unseen() -> None:
    file = seal(bytes(3 * CHUNK))
    head, body = file[: file.index(b"\n") + 1], file[file.index(b"\n") + 1 :]
    chunks = [body[start : start + CHUNK + 16] for start in range(0, len(body), CHUNK + 16)]
    assert len(chunks) == 3
    assert refused(file, "un'altra frase segreta")
    assert refused(head + b"".join([chunks[1], chunks[0], chunks[2]]))
    assert refused(head + b"".join([chunks[0], chunks[2]]))
    assert refused(head + b"".join(chunks[:2]))
    assert refused(head + b"".join([*chunks, chunks[2]]))
    assert refused(head)
    assert refused(file[:-1])
    assert refused(file + b"\0")
    assert refused(file[:1_500_000] + b"\1" + file[1_500_001:])
    for stub in (b"", b"{}\n", b"[]\n", b"\xff\n", b'{"schema": "maglia.node-archive/1"}\n'):
        assert refused(stub)
