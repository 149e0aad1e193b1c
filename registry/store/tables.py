"""The registry's tables. No person who receives help is in any of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

from maglia.sql import log

metadata = MetaData()

members = Table(
    "members",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("fiscal_code", String(11), nullable=False),
    Column("identity_key", LargeBinary, nullable=False),
    Column("log_key", LargeBinary, nullable=False),
    Column("application", LargeBinary, nullable=False),
    Column("missing", Text, nullable=False),
    Column("applied_at", Float, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("serial", BigInteger, nullable=False, server_default="0"),
    Column("application_signature", LargeBinary),
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("member", String(40), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("entry", BigInteger),
)

tokens = Table(
    "tokens",
    metadata,
    Column("member", ForeignKey("members.id"), primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("expires", Float, nullable=False),
    Column("used", Boolean, nullable=False, server_default=false()),
)

cards = Table(
    "cards",
    metadata,
    Column("member", ForeignKey("members.id"), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False, unique=True),
)

former_cards = Table(
    "former_cards",
    metadata,
    Column("member", ForeignKey("members.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("until", Float, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("user", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(40), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("password_hash", Text),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("members", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("changes", Text, nullable=False, server_default="[]"),
)

draft_targets = Table(
    "draft_targets",
    metadata,
    Column("draft", ForeignKey("drafts.id"), primary_key=True),
    Column("path", String(100), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

draft_signatures = Table(
    "draft_signatures",
    metadata,
    Column("draft", ForeignKey("drafts.id"), primary_key=True),
    Column("key_id", String(64), primary_key=True),
    Column("user", String(40), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

metadata_files = Table(
    "metadata_files",
    metadata,
    Column("filename", String(100), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

target_files = Table(
    "target_files",
    metadata,
    Column("path", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("role", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("directory", LargeBinary, nullable=False),
    Column("keys", LargeBinary, nullable=False),
    Column("procedures", LargeBinary),
)

policy_bundles = Table(
    "policy_bundles",
    metadata,
    Column("revision", String(12), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("version", Integer, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("member", String(40), primary_key=True),
    Column("heard_at", Float, nullable=False),
    Column("timestamp_version", BigInteger, nullable=False),
    Column("cosigned_at", Float, nullable=False),
    Column("log_size", BigInteger, nullable=False),
    Column("ready_epochs", Text, nullable=False, server_default=""),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("member", String(40), primary_key=True),
    Column("class", String(20), primary_key=True),
    Column("use", String(20), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("elements", BigInteger, nullable=False),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("member", String(40), primary_key=True),
    Column("class", String(20), primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("elements", BigInteger, nullable=False),
)

witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", String(100), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
)

answering_lines = Table(
    "answering_lines",
    metadata,
    Column("asker", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("member", String(40), primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("at_once", Integer, nullable=False),
    Column("in_time", Integer, nullable=False),
    Column("later", Integer, nullable=False),
)

answering_reports = Table(
    "answering_reports",
    metadata,
    Column("asker", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)

procedure_evaluations = Table(
    "procedure_evaluations",
    metadata,
    Column("procedure", String(40), primary_key=True),
    Column("member", String(40), primary_key=True),
    Column("class", String(20), primary_key=True),
    Column("elements", BigInteger, nullable=False),
)

log.define(metadata)
