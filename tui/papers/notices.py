"""Which notices there are: those that come with the program, and those of the body's own folder."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from tui.papers.notice import Notice, read_notice
from tui.text import plain


def all_notices(folder: Path | None = None) -> list[Notice]:
    """Return every notice, the newest version first.

    Raises `input.file` for a folder that can't be read; `input.file_content`, naming the file, for one that is not a
    notice, or has a version and language that the program has already: one version is one text.
    """
    texts = resources.files("tui.papers") / "texts"
    found = [_read(Path(str(file.name)), file.read_bytes()) for file in texts.iterdir() if file.name.endswith(".toml")]
    if folder is not None:
        known = {(notice.version, notice.language) for notice in found}
        for path in _own_files(folder):
            notice = _read(path, _bytes_of(path))
            if (notice.version, notice.language) in known:
                raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause="this version comes with the program")
            found.append(notice)
    return sorted(found, key=lambda notice: (notice.date, notice.version, notice.language), reverse=True)


def find_notice(version: str, language: str, folder: Path | None = None) -> Notice:
    """Return one version in one language; no version stands for the newest that the language has.

    Raises `input.notice` with those that there are, or what `all_notices` raises.
    """
    notices = all_notices(folder)
    for notice in notices:
        if notice.language == language and version in {"", notice.version}:
            return notice
    allowed = ", ".join(f"{notice.version} ({notice.language})" for notice in notices)
    raise MagliaError(
        Code.INPUT_NOTICE, value=plain(version, 40) or "-", language=plain(language, 10) or "-", allowed=allowed
    )


def _own_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=folder.name) from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error


def _read(path: Path, content: bytes) -> Notice:
    try:
        return read_notice(path.name, content)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error)) from error
