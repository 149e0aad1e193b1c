"""The tables of an auditor's archive. SQLite alone: one auditor, one machine, one file.

`entry`, `evaluation` and `act` are an index, made from the leaves when they are added: what is not indexed is in the
leaf. Leaves are kept as they came, since only they prove anything.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

metadata = MetaData()


def _hash(name: str) -> Column[bytes]:
    return Column(name, LargeBinary(32), nullable=False, default=b"")


def _word(name: str) -> Column[str]:
    return Column(name, String(64), nullable=False, default="")


def _place() -> list[Column[Any]]:
    """Whose log, and which entry of it from 0."""
    return [
        Column("member", String(64), primary_key=True),
        Column("idx", BigInteger, primary_key=True, autoincrement=False),
    ]


log = Table(
    "log",
    metadata,
    Column("member", String(64), primary_key=True),
    Column("origin", Text, nullable=False, default=""),
    Column("first", BigInteger, nullable=False, default=0),
    Column("checkpoint", LargeBinary, nullable=False, default=b""),
    Column("cosigned", LargeBinary, nullable=False, default=b""),
    Column("witnessed", LargeBinary, nullable=False, default=b""),
    Column("first_pass", BigInteger, nullable=False, default=0),
    Column("second_pass", BigInteger, nullable=False, default=0),
    Column("read_ms", BigInteger, nullable=False, default=0),
    Column("problem", String(64), nullable=False, default=""),
    Column("at_entry", BigInteger),
    sqlite_with_rowid=False,
)

leaf = Table(
    "leaf",
    metadata,
    *_place(),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("leaf", LargeBinary),  # null where the body had archived it: of that entry only the hash is known
    sqlite_with_rowid=False,
)

tile = Table(
    "tile",
    metadata,
    Column("member", String(64), primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("member", String(64), primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), primary_key=True),  # two roots of one size: the log said two things
    Column("note", LargeBinary, nullable=False),
    Column("agrees", Boolean, nullable=False, default=False),  # it is the root over what is held
    sqlite_with_rowid=False,
)

entry = Table(
    "entry",
    metadata,
    *_place(),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    _word("kind"),
    Column("time_ms", BigInteger, nullable=False, default=0),
    _word("peer"),
    _hash("question_id"),
    _word("purpose"),
    _word("facet"),
    _word("basis"),
    _word("operator"),
    _hash("question_hash"),
    _hash("answer_hash"),
    _hash("peer_entry"),
    _word("outcome"),
    _word("code"),
    Column("count", Integer, nullable=False, default=0),
    _word("check_id"),
    _word("procedure"),
    _hash("evaluation"),
    Column("epoch", Integer, nullable=False, default=0),
    Column("has_evidence", Boolean, nullable=False, default=False),
    Column("signals", Text, nullable=False, default=""),  # codes, joined by commas
    sqlite_with_rowid=False,
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),  # seconds since the epoch, by the registry
    _word("member"),
    _word("class"),
    _word("use"),
    Column("epoch", Integer, nullable=False),
    Column("elements", Integer, nullable=False),
    _word("procedure"),
    _hash("evaluation"),
)

act = Table(
    "act",
    metadata,
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    _word("actor"),
    _word("action"),
    _word("member"),
    Column("detail", Text, nullable=False, default=""),
)

JOINS = (
    Index("entry_question", entry.c.question_id, entry.c.member),
    Index("entry_evaluation", entry.c.evaluation, entry.c.member),
    Index("entry_time", entry.c.time_ms),
    Index("evaluation_name", evaluation.c.evaluation),
)
"""Indexes that readers need and writers don't: see `Archive.prepare_joins`."""
