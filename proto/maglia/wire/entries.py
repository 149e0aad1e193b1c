"""Log entries as bytes: serialized once, by the node that logs; the bytes are the leaf."""

from __future__ import annotations

from operator import attrgetter

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.v1.log_pb2 import LogEntry
from maglia.wire.envelope import parse

_FIELDS = (
    "nonce",
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
    "policy_revision",
    "directory_version",
    "count",
    "key_month",
    "sealed",
    "check_id",
    "procedure",
    "shown",
    "evaluation",
    "evidence",
    "signals",
    "day",
    "threshold",
    "epoch",
)
_values = attrgetter(*_FIELDS)


def encode_entry(entry: Entry) -> bytes:
    """Return the leaf of an entry.

    Empty fields take no bytes either way; handing them over costs more than all else, as most are empty in any entry.
    """
    filled = {name: value for name, value in zip(_FIELDS, _values(entry), strict=True) if value}
    return LogEntry(kind=entry.kind, **filled).SerializeToString()


def sealed_part(leaf: bytes) -> tuple[str, str, bytes]:
    """Return kind, month of the key and sealed pseudonyms of a leaf, read no further; raise `log.broken`.

    A search through a whole log reads every leaf so, and a few of them in full.
    """
    try:
        message = parse(LogEntry, leaf)
    except MagliaError as error:
        raise MagliaError(Code.LOG_BROKEN) from error
    return message.kind, message.key_month, message.sealed


def decode_entry(leaf: bytes) -> Entry:
    """Read a leaf; raise `log.broken` when it isn't an entry."""
    try:
        message = parse(LogEntry, leaf)
        fields = {name: getattr(message, name) for name in _FIELDS}
        return Entry(kind=EntryKind(message.kind), **fields | {"signals": tuple(message.signals)})
    except (MagliaError, ValueError) as error:
        raise MagliaError(Code.LOG_BROKEN) from error
