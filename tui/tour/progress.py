"""How far the learner has come: the names of the steps done, in a file of the network's own folder."""

from __future__ import annotations

import json
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.processes import write_whole

_SCHEMA = "maglia.tour.progress/1"
_FILE = "tour.json"


class Progress:
    """The steps done on one network; a file that can't be read is as none: doing a step again harms nobody."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._done = self._read()

    def _read(self) -> list[str]:
        try:
            document = json.loads(self._path.read_text("utf-8"))
            return [str(name) for name in document["done"]] if document["schema"] == _SCHEMA else []
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def has(self, name: str) -> bool:
        """Return whether a step was done."""
        return name in self._done

    def add(self, name: str) -> None:
        """Keep that a step was done; raise `storage.folder`."""
        if name in self._done:
            return
        self._done.append(name)
        try:
            write_whole(self._path, json.dumps({"schema": _SCHEMA, "done": self._done}) + "\n")
        except OSError as error:
            raise MagliaError(Code.STORAGE_FOLDER, path=str(self._path.parent), cause=type(error).__name__) from error
