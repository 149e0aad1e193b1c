"""The files of a folder that may hold applications, as one chooses among them."""

from __future__ import annotations

import os
from asyncio import to_thread
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from textual.suggester import Suggester

from maglia.core.translation import tr

_KINDS = (".csv", ".xlsx", ".ods")
_AT_MOST = 500
"""Files that are shown of one folder."""


@dataclass(frozen=True)
class Sheet:
    """A file that may hold applications, or a folder to go into; `size` in bytes, `changed` as dd/mm/yyyy hh:mm."""

    path: Path
    name: str
    size: int
    changed: str
    is_folder: bool = False


def folder_of(written: str) -> Path:
    """Return the folder of a path that is being written; of none the one that the console was started in."""
    path = Path(written).expanduser()
    return path if written.endswith(os.sep) else path.parent


def sheets_in(folder: Path) -> list[Sheet]:
    """Return the spreadsheets of a folder, the newest first, then its folders by name; none where it can't be read."""
    files: list[tuple[float, Sheet]] = []
    folders: list[Sheet] = []
    try:
        for entry in os.scandir(folder):
            if entry.name.startswith("."):
                continue
            path = folder / entry.name
            if entry.is_dir():
                folders.append(Sheet(path, f"{entry.name}/", 0, "", is_folder=True))
            elif path.suffix.lower() in _KINDS:
                found = entry.stat()
                files.append((found.st_mtime, Sheet(path, entry.name, found.st_size, _when(found.st_mtime))))
    except OSError:
        return []
    newest = [sheet for _, sheet in sorted(files, key=lambda each: (-each[0], each[1].name))]
    return [*newest, *sorted(folders, key=lambda each: each.name)][:_AT_MOST]


def shown_size(one: Sheet, lang: str) -> str:
    """Return how large a file is, as people say it."""
    if one.is_folder:
        return tr("cartella", lang)
    return size_words(one.size)


def size_words(size: int) -> str:
    """Return an amount of bytes as people say it."""
    kilobytes = max(round(size / 1024), 1)
    return f"{kilobytes} kB" if kilobytes < 10_000 else f"{round(kilobytes / 1024)} MB"


def _when(instant: float) -> str:
    return f"{datetime.fromtimestamp(instant):%d/%m/%Y %H:%M}"


class PathSuggester(Suggester):
    """Completes a path with the first spreadsheet or folder that begins so; the right arrow takes it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the path completed, None where nothing begins so."""
        begun = value.rpartition(os.sep)[2]
        if not begun:
            return None
        found = await to_thread(sheets_in, folder_of(value))
        name = next((one.name for one in found if one.name.startswith(begun)), None)
        return value[: len(value) - len(begun)] + name if name else None
