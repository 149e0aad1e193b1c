"""Backups whose maker is the enemy, who knows the passphrase: nothing is written outside the folder, or without end."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from maglia.core.errors import Code, MagliaError
from node.hosting.packing import CONTENTS, Contents, unpack
from node.hosting.sealed import Opener, read_header, sealing

PASSPHRASE = "una frase per il viaggio"
Make = Callable[[tarfile.TarFile], None]


def entry(name: str, **fields: object) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(found, field, value)
    return found


def file(archive: tarfile.TarFile, name: str, content: bytes = b"x", **fields: object) -> None:
    archive.addfile(entry(name, size=len(content), **fields), io.BytesIO(content))


def contents(archive: tarfile.TarFile) -> None:
    file(archive, CONTENTS, json.dumps(asdict(Contents("parrocchia", "prova", "", False, 0, "", {}))).encode())


def sealed(*made: Make) -> io.BytesIO:
    """Return an archive that opens, of what is put into it after its contents."""
    out = io.BytesIO()
    with (
        sealing(out, "parrocchia", "prova", PASSPHRASE) as sealer,
        tarfile.open(fileobj=sealer, mode="w|", format=tarfile.PAX_FORMAT) as archive,  # type: ignore[call-overload]
    ):
        contents(archive)
        for make in made:
            make(archive)
    out.seek(0)
    return out


def link(name: str, kind: bytes, target: str) -> Make:
    return lambda tar: tar.addfile(entry(name, type=kind, linkname=target))


def special(name: str, kind: bytes) -> Make:
    return lambda tar: tar.addfile(entry(name, type=kind, devmajor=1, devminor=5))


def plain(name: str, **fields: object) -> Make:
    return lambda tar: file(tar, name, **fields)  # type: ignore[arg-type]  # fields, by name


ROGUE: dict[str, Sequence[Make]] = {
    "a link out of the folder": [link("a", tarfile.SYMTYPE, "/etc/passwd")],
    "a link, then a file through it": [link("a", tarfile.SYMTYPE, ".."), plain("a/out")],
    "a hard link": [link("a", tarfile.LNKTYPE, "../../victim")],
    "a hard link to a file of the archive": [plain("node.toml"), link("a", tarfile.LNKTYPE, "node.toml")],
    "a device": [special("a", tarfile.CHRTYPE)],
    "a pipe": [special("a", tarfile.FIFOTYPE)],
    "a folder": [special("a", tarfile.DIRTYPE)],
    "a file that is a folder too": [plain("a"), plain("a/b")],
    "one name twice": [plain("a"), plain("a")],
    "an absolute path": [plain("/tmp/maglia-victim")],
    "a path that climbs": [plain("trust/../../victim")],
    "a path that climbs, in a header of its own": [plain("a", pax_headers={"path": "../victim"})],
    "a size that is not there": [lambda tar: tar.addfile(entry("a", size=0, pax_headers={"size": str(1 << 40)}))],
    "a hidden file": [plain(".bashrc")],
    "control characters in a name": [plain("a\x1b[2J")],
    "letters of the other direction": [plain("a\u202etxt.exe")],
    "a sparse file": [plain("a", pax_headers={"GNU.sparse.size": str(1 << 28), "GNU.sparse.map": "0,1"})],
}


@pytest.mark.parametrize("made", ROGUE.values(), ids=ROGUE)
def test_what_is_no_plain_file_of_its_own_is_refused_and_nothing_is_outside(
    tmp_path: Path, made: Sequence[Make]
) -> None:
    folder = tmp_path / "above" / "folder"
    folder.mkdir(parents=True)
    source = sealed(*made)
    with pytest.raises(MagliaError) as refused:
        unpack(folder, Opener(source, read_header(source), PASSPHRASE))
    assert refused.value.code is Code.STORAGE_ARCHIVE
    assert [path for path in tmp_path.rglob("*") if not path.is_relative_to(folder.parent)] == []
    assert list(folder.parent.iterdir()) == [folder]
    assert not [path for path in folder.rglob("*") if path.is_symlink() or not (path.is_file() or path.is_dir())]
    assert not Path("/tmp/maglia-victim").exists()


def test_a_file_that_is_programs_has_no_right_to_run(tmp_path: Path) -> None:
    source = sealed(lambda tar: file(tar, "node.toml", mode=0o6777, uid=0, gid=0))
    unpack(tmp_path, Opener(source, read_header(source), PASSPHRASE))
    found = (tmp_path / "node.toml").stat()
    assert (found.st_mode & 0o7777, found.st_uid) == (0o600, os.getuid())


def test_an_archive_whose_contents_have_no_end_is_refused_unread(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        sealing(out, "parrocchia", "prova", PASSPHRASE) as sealer,
        tarfile.open(fileobj=sealer, mode="w|") as archive,  # type: ignore[call-overload]
    ):
        file(archive, CONTENTS, b"[" * (1 << 21))
    out.seek(0)
    with pytest.raises(MagliaError) as refused:
        unpack(tmp_path, Opener(out, read_header(out), PASSPHRASE))
    assert refused.value.code is Code.STORAGE_ARCHIVE
    assert list(tmp_path.iterdir()) == []
