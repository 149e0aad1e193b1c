"""What an auditor's archive indexes of a leaf: metadata and hashes, never what names a person."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnDefault

from maglia.core.errors import MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.merkle import leaf_hash
from maglia.wire.entries import decode_entry
from tui.audit import tables
from tui.audit.model import UNREADABLE

EVALUATION_SCHEMA = "maglia.evaluation/1"
ACT_SCHEMA = "maglia.office-event/1"
_COPIED = (
    "time_ms",
    "peer",
    "question_id",
    "purpose",
    "facet",
    "basis",
    "operator",
    "question_hash",
    "answer_hash",
    "peer_entry",
    "outcome",
    "code",
    "count",
    "check_id",
    "procedure",
    "evaluation",
    "epoch",
)
_EMPTY: Mapping[str, Any] = {
    column.name: column.default.arg for column in tables.entry.columns if isinstance(column.default, ColumnDefault)
}

LAST_MS = 253_402_214_400_000
"""Milliseconds since 1970 at which 31/12/9999 begins: later moments have no date, or none in some time zone."""
_INT64 = 2**63
_T = TypeVar("_T")

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""Rows to add, by the table's name."""


def rows_of(member: str, start: int, leaves: Sequence[bytes]) -> Rows:
    """Return what to store of leaves that follow one another in a log from index `start` on."""
    found: Rows = {"leaf": [], "entry": [], "evaluation": [], "act": []}
    for idx, leaf in enumerate(leaves, start):
        hashed = leaf_hash(leaf)
        found["leaf"].append({"member": member, "idx": idx, "leaf_hash": hashed, "leaf": leaf})
        if member == REGISTRY_ID:
            table, row = _registry_row(idx, leaf, hashed)
            found[table].append(row)
        else:
            found["entry"].append(_entry_row(member, idx, leaf, hashed))
    return found


def _entry_row(member: str, idx: int, leaf: bytes, hashed: bytes) -> Row:
    place = {"member": member, "idx": idx, "leaf_hash": hashed}
    try:
        entry = decode_entry(leaf)
        said = {name: getattr(entry, name) for name in _COPIED}
        _check_time(entry.time_ms)
    except (MagliaError, ValueError):
        return {**_EMPTY, **place, "kind": UNREADABLE}
    signals = ",".join(entry.signals)
    return {**place, **said, "kind": entry.kind.value, "has_evidence": bool(entry.evidence), "signals": signals}


def _registry_row(idx: int, leaf: bytes, hashed: bytes) -> tuple[str, Row]:
    """The registry's own log holds JSON: evaluations, and the office's acts."""
    try:
        said = json.loads(leaf)
        if said["schema"] == EVALUATION_SCHEMA:
            return "evaluation", _evaluation_row(idx, said)
        if said["schema"] == ACT_SCHEMA:
            names = ("actor", "action", "member", "detail")
            return "act", {"idx": idx, "at": _moment(said["at"]), **{name: _stored(str(said[name])) for name in names}}
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        pass
    return "entry", {**_EMPTY, "member": REGISTRY_ID, "idx": idx, "leaf_hash": hashed, "kind": UNREADABLE}


def _evaluation_row(idx: int, said: Mapping[str, Any]) -> Row:
    words = {name: _stored(str(said.get(name, ""))) for name in ("member", "class", "use", "procedure")}
    numbers = {"at": _moment(said["at"]), **{name: _stored(int(said[name])) for name in ("epoch", "elements")}}
    return {"idx": idx, **words, **numbers, "evaluation": bytes.fromhex(said["evaluation"])}


def _stored(value: _T) -> _T:
    """Return what a column can hold; raise ValueError: a leaf may say any number, and half a letter."""
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise ValueError("beyond 64 bits")
    if isinstance(value, str):
        value.encode()
    return value


def _moment(said: object) -> float:
    """Return seconds since the epoch; raise ValueError, TypeError or OverflowError for what is no moment."""
    seconds = float(said)  # type: ignore[arg-type]  # what else it may be is refused by `float`
    if not math.isfinite(seconds):
        raise ValueError("not finite")
    _check_time(seconds * 1000)
    return seconds


def _check_time(milliseconds: float) -> None:
    """Raise ValueError for a time that no calendar here can show."""
    if not 0 <= milliseconds < LAST_MS:
        raise ValueError("no date")
