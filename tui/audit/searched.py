"""What was looked for in the logs that were read, by whom and when: kept beside them, so that others can see it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

SEARCHES = "searches.jsonl"
"""One JSON object for each search, the newest last; kept in the archive's folder, for its owner alone."""


def note_search(folder: Path, user: str, kind: str, wanted: Mapping[str, str]) -> None:
    """Write down that `user` looks for `wanted` now; only what is not empty is kept. Raises OSError.

    It is written before anything is found: a search that is stopped was one too.
    """
    said = {
        "schema": "maglia.audit.searched/1",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": user,
        "kind": kind,
        "wanted": {name: value for name, value in wanted.items() if value},
    }
    file = os.open(folder / SEARCHES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(file, "a", encoding="utf-8") as written:
        written.write(json.dumps(said, ensure_ascii=False) + "\n")
