"""A spreadsheet (XLSX, ODS) as a sheet: read by a process with bounds of its own, see `node.sheets.reader`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zipfile import BadZipFile, ZipFile

from maglia.core.errors import Code, MagliaError
from node.domain.forms import echo
from node.domain.sheet import Day, Faulty, Line, Number, plain_name
from node.sheets.bounds import wait_s

ZIPPED = b"PK\x03\x04"
"""How XLSX and ODS begin."""
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of old programs begin, and spreadsheets under a password."""
_UNPACKED = 1 << 30
_MANIFEST, _MANIFEST_READ = "META-INF/manifest.xml", 1 << 20
"""Where a workbook of OpenDocument says that it is encrypted, and how much of it is looked at."""
_FAULTS = {"": None, "merged": Code.INPUT_MERGED}


@dataclass(frozen=True)
class WorkbookSheet:
    """One sheet of a workbook, as its reader wrote it. See `Sheet`."""

    body: bytes
    titles: tuple[str, ...]
    first: int
    """Where the rows under the header begin."""

    @property
    def header(self) -> tuple[str, ...]:
        """The columns, as `plain_name` writes them."""
        return tuple(map(plain_name, self.titles))

    def lines(self) -> Iterator[Line]:
        """Yield the rows under the header; blank ones are numbered and left out."""
        start = self.first
        file = io.BytesIO(self.body)
        file.seek(start)
        for written in file:
            line = _line(written, start)
            yield line
            start = line.end

    def line_at(self, row: int, start: int, end: int) -> Line:
        """Return again a row that `lines` yielded."""
        del row
        return _line(self.body[start:end], start)


def read_workbook(content: bytes, file: str, sheet_name: str) -> WorkbookSheet:
    """Return the one sheet that holds something, or the one named; its first row that is not blank is the header.

    Raises `input.sheet` when there are several or none of that name, `input.locked` under a password,
    `input.file_content` for a damaged file, `input.file_kind` for an old one, `input.too_large`.
    """
    _look_at(content, file)
    said, _, body = _run(content, file, sheet_name).partition(b"\n")
    try:
        about = json.loads(said)
        fault = about.get("fault")
    except (ValueError, AttributeError) as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=file) from error
    if fault == "sheets":
        raise MagliaError(Code.INPUT_SHEET, file=file, sheets=", ".join(f"«{echo(name)}»" for name in about["sheets"]))
    top, _, _ = body.partition(b"\n")
    titles = tuple(_line(top, 0).cells or ()) if top else ()
    return WorkbookSheet(body, titles, len(top) + 1)


def _look_at(content: bytes, file: str) -> None:
    """Refuse what shows already from outside that it can't be read."""
    if content.startswith(COMPOUND):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise MagliaError(Code.INPUT_LOCKED if locked else Code.INPUT_FILE_KIND, file=file)
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _UNPACKED:
                raise MagliaError(Code.INPUT_TOO_LARGE, field=file, limit="1 GiB")
            if _MANIFEST in packed.namelist():
                with packed.open(_MANIFEST) as manifest:
                    if b"encryption-data" in manifest.read(_MANIFEST_READ):
                        raise MagliaError(Code.INPUT_LOCKED, file=file)
    except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=file) from error


def _run(content: bytes, file: str, sheet_name: str) -> bytes:
    """Return what the reader wrote. It has no environment: what it reads is a stranger's, and secrets may be there."""
    command = [sys.executable, "-I", "-m", "node.sheets.reader", sheet_name]
    try:
        done = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=wait_s(len(content)),
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MagliaError(Code.INPUT_TOO_LARGE, field=file, limit="1 GiB") from error
    if done.returncode < 0 or done.returncode == 3:  # killed by a bound: memory, time or length
        raise MagliaError(Code.INPUT_TOO_LARGE, field=file, limit="1 GiB")
    if done.returncode:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=file)
    return done.stdout


def _line(written: bytes, start: int) -> Line:
    row, cells, fault = json.loads(written)
    return Line(row, [_cell(each) for each in cells], "", start, start + len(written), _FAULTS[fault])


def _cell(read: str | Sequence[str]) -> str:
    if isinstance(read, str):
        return read
    if len(read) == 1:
        return Number.of(read[0])
    if len(read) == 3:
        return Faulty()
    day, time = read
    return Day(day if time in {"", "00:00:00"} else f"{day} {time}") if day else time
