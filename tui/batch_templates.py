"""Which column was which the last time that a file with the same titles came: kept beside the profile.

Only a hash of the titles and places among them are kept: a file without a header has a person in its first row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private

_SCHEMA = "maglia.columns/1"
_AT_MOST = 50
"""Kinds of files that are remembered; the oldest is forgotten."""


def remembered(path: Path, titles: Sequence[str]) -> dict[str, str]:
    """Return the title of each column as it was chosen for these titles; nothing where they are new."""
    places = _kept(path).get(_mark(titles), {})
    return {name: titles[at] for name, at in places.items() if 0 <= at < len(titles)}


def remember(path: Path, titles: Sequence[str], columns: Mapping[str, str]) -> None:
    """Keep what was chosen for these titles; raise `storage.folder`."""
    kept, mark = _kept(path), _mark(titles)
    places = {name: titles.index(title) for name, title in columns.items() if title in titles}
    if kept.get(mark) == places:
        return
    kept.pop(mark, None)
    newest = dict([*kept.items(), (mark, places)][-_AT_MOST:])
    try:
        write_private(path, json.dumps({"schema": _SCHEMA, "files": newest}).encode())
    except OSError as error:
        raise MagliaError(Code.STORAGE_FOLDER, path=str(path.parent), cause=type(error).__name__) from error


def _mark(titles: Sequence[str]) -> str:
    return sha256("\0".join(titles).encode()).hexdigest()[:32]


def _kept(path: Path) -> dict[str, dict[str, int]]:
    """Return what is kept; a file that can't be read is none: one chooses again."""
    try:
        document = json.loads(path.read_bytes())
        return {
            str(mark): {str(name): int(at) for name, at in places.items()}
            for mark, places in document["files"].items()
            if document["schema"] == _SCHEMA
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
