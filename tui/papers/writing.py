"""Where a paper goes: a file that is whole or not there, never over another one unasked, never named after a person."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.core.errors import Code, MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.quoted import echo

if TYPE_CHECKING:
    from maglia.core.tables import Row

_LONGEST_STEM = 60


def check_name(path: Path, *, force: bool) -> None:
    """Raise `input.file_name` for a name that holds a person's code, `input.file_exists` for one that is taken."""
    if any(_is_code(part) for part in re.split(r"[^0-9A-Za-z]+", path.name)):
        raise MagliaError(Code.INPUT_FILE_NAME)
    if path.exists() and not force:
        raise MagliaError(Code.INPUT_FILE_EXISTS, file=echo(path.name))


def is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths name one file that is there."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def holds(path: Path, content: bytes) -> bool:
    """Return whether a file is there with just this content."""
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """Return a path in `folder` that nothing has yet: `ricevuta-a7b3c9d1.pdf`, then `ricevuta-a7b3c9d1-2.pdf`.

    Letters with marks lose them, and what is neither letter nor digit becomes a hyphen. Raises `input.file_name` for a
    stem that holds a person's code.
    """
    letters = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    name = "-".join(re.findall(r"[a-z0-9]+", letters))[:_LONGEST_STEM] or "maglia"
    for number in count(1):
        path = folder / f"{name}{'' if number == 1 else f'-{number}'}{suffix}"
        check_name(path, force=True)
        if not path.exists():
            return path
    raise AssertionError  # counting has no end


def write_paper(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write all of a paper or nothing, one that is `private` for its owner alone; raise `input.file_write`."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.is_dir():
            raise IsADirectoryError
        _forget(draft)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        _forget(draft)
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name), cause=type(error).__name__) from error


def write_rows(path: Path, name: str, rows: Iterable[Row]) -> None:
    """Write a table in the format that the path names, for its owner alone; raise `input.file_write`.

    XLSX is made in temporary files first: for those too there may be no room.
    """
    from maglia.core.tables import table_bytes  # noqa: PLC0415 - few commands write one

    try:
        content = table_bytes(path, name, rows)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE_WRITE, file=echo(path.name), cause=type(error).__name__) from error
    write_paper(path, content, private=True)


def _forget(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:
        return  # its folder is not one: nothing was written


def _is_code(text: str) -> bool:
    try:
        parse_identifier(text)
    except MagliaError:
        return False
    return True
