"""What reconciliation reads of an archive: which logs count, and every question with all that was logged of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Engine, select

from maglia.core.entry import EntryKind
from maglia.sql.engine import storage_errors
from tui.audit.findings import Place
from tui.audit.tables import entry

ASKER_KINDS = frozenset({EntryKind.ASKED.value, EntryKind.END_STATE.value})
ANSWER_KINDS = frozenset({EntryKind.ANSWERED.value, EntryKind.REFUSED.value})
EVER_MS = (1 << 63) - 1
"""Later than any time that a database holds."""
_CHUNK = 10_000
"""Rows fetched at once."""


class Said(NamedTuple):
    """One entry about a question, as the index of the archive has it. `member` is whose log it is in."""

    question_id: bytes
    member: str
    idx: int
    kind: str
    time_ms: int
    peer: str
    purpose: str
    facet: str
    basis: str
    procedure: str
    subjects: int
    question_hash: bytes
    answer_hash: bytes
    peer_entry: bytes
    leaf_hash: bytes
    outcome: str
    code: str
    has_evidence: bool

    @property
    def place(self) -> Place:
        """Return where it is."""
        return Place(self.member, self.idx)


@dataclass
class Exchange:
    """One question of one body to another: all that either log says of it."""

    asker: str
    answerer: str
    asked: list[Said] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)
    ends: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """Which part of a log counts. It was read twice: what the first pass saw is judged against all of the second.

    Whoever logs, logs before it sends; so what an entry answers to was already there when the other log was read
    again. `judged` is the first pass's length. What others logged from `since_ms` on and before `upto_ms` must have its
    counterpart here: entries older than the log's term may be archived, and a log that could not be read the last time
    has none of what came since. `archived_ms` is from when on the body itself says that its log can be read, 0 for
    ever: it may have archived more than it should. `until_ms` is the time of the last entry judged. `evidence_from` is
    the first end state that kept what the other side signed: earlier ones are from before there was such evidence.
    """

    judged: int
    since_ms: int = 0
    upto_ms: int = EVER_MS
    archived_ms: int = 0
    until_ms: int = 0
    evidence_from: int | None = None

    @property
    def is_archived(self) -> bool:
        """Return whether the log's first entries are known by their hashes alone."""
        return bool(self.archived_ms)

    def must_answer(self, time_ms: int) -> bool:
        """Return whether the counterpart of what another log says of this time must be here."""
        return self.since_ms <= time_ms < self.upto_ms


Spans = Mapping[str, Span]
"""By member, of every log that was read and holds; no others are judged, or judged against."""

_COLUMNS = [entry.c["count" if name == "subjects" else name] for name in Said._fields]


def questions(engine: Engine, members: Iterable[str]) -> Iterator[Sequence[Said]]:
    """Yield, for each question id, every entry about it in the logs of `members`. Memory does not grow with them.

    A question that a body refused to itself has no id and no counterpart: it is left out.
    """
    about = (
        select(*_COLUMNS)
        .where(entry.c.kind.in_(ASKER_KINDS | ANSWER_KINDS), entry.c.question_id != b"")
        .where(entry.c.member.in_(sorted(members)))
        .order_by(entry.c.question_id)
        .execution_options(yield_per=_CHUNK)
    )
    with storage_errors(), engine.connect() as connection:
        for _, same in groupby(connection.execute(about), key=itemgetter(0)):
            yield [Said._make(row) for row in same]


def exchanges(rows: Sequence[Said]) -> Iterable[Exchange]:
    """Divide entries with one question id by who asked whom: an id of one pair means nothing between two others."""
    found: dict[tuple[str, str], Exchange] = {}
    for row in rows:
        is_askers = row.kind in ASKER_KINDS
        pair = (row.member, row.peer) if is_askers else (row.peer, row.member)
        exchange = found.get(pair)
        if exchange is None:
            exchange = found[pair] = Exchange(*pair)
        if row.kind == EntryKind.ASKED.value:
            exchange.asked.append(row)
        elif is_askers:
            exchange.ends.append(row)
        else:
            exchange.answers.append(row)
    return found.values()
