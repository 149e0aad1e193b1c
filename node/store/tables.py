"""The node's tables; `migrations` must arrive at exactly these (a test compares them).

Codes, names, creditors and source keys are encrypted and found through a keyed index; see `fields`. Days are the node's
calendar days; instants are seconds since the epoch; amounts are euro cents.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from maglia.sql import log

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _subject(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("type", Text, nullable=False),
        Column("code", LargeBinary, nullable=False),
        Column("code_index", LargeBinary, nullable=False, unique=True),
    )


person = _subject("person")
need = _subject("need")

aid_record = Table(
    "aid_record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("need_id", Integer, ForeignKey("need.id"), index=True),
    Column("source_key", LargeBinary),
    Column("source_key_index", LargeBinary, unique=True),
    Column("content_hash", LargeBinary, nullable=False),
    Column("facet", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount_cents", BigInteger),
    Column("status", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("creditor", LargeBinary),
    Column("period_from", Date),
    Column("period_to", Date),
    Column("consent_purposes", Text),
    Column("consent_notice", Text),
    Column("consent_language", Text),
    Column("consent_day", Date),
    Column("consent_method", Text),
    Column("consent_withdrawn", Boolean, nullable=False),
    Column("objection", Boolean, nullable=False),
    Column("keep_until", Date, nullable=False),
    Column("recorded_at", Double, nullable=False),
    Column("consent_audience", Text),
    Column("consent_expires", Date),
    # Until when a reservation holds; none of help given.
    Column("reserved_until", Double),
    # None of these two for what most records are: help given once, without a means test.
    Column("frequency", Text),
    Column("means_test", Text),
    Column("protocol", LargeBinary),
    Column("recorded_by", Text),
    # A correction is a row of its own: it replaces one, which keeps the status that it had.
    Column("version", Integer, nullable=False, server_default="1"),
    Column("replaces", Text),
    Column("status_was", Text),
)
# Partial: an import of help given pays nothing for it. In PostgreSQL too, by the revisions, which alone make tables:
# said here, it would load that dialect and its drivers into every node (2 MiB).
Index(
    "ix_aid_record_reserved_until",
    aid_record.c.reserved_until,
    sqlite_where=aid_record.c.reserved_until.is_not(None),
)
Index(
    "ix_aid_record_replaces",
    aid_record.c.replaces,
    unique=True,
    sqlite_where=aid_record.c.replaces.is_not(None),
)

# Private notes on a person: they leave this body in no way, and go with the person.
person_note = Table(
    "person_note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    # What the sealed content is bound to, since the row's number is not known before it is stored.
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", Double, nullable=False),
)

# What is asked about a promise, and whether it was prolonged; the promise itself is a record.
reservation = Table(
    "reservation",
    metadata,
    Column("record_id", Text, ForeignKey("aid_record.id", ondelete="CASCADE"), primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("months", Integer, nullable=False),
    Column("reserved_by", Text, nullable=False),
    Column("renewed_at", Double),
    # When and by whom it was made help given, and what it was until then; none once that is undone.
    Column("given_at", Double),
    Column("given_by", Text),
    Column("held_day", Date),
    Column("held_cents", BigInteger),
    Column("held_until", Double),
)

# What a check showed to an operator beside a promise, and why help was given all the same.
reservation_sight = Table(
    "reservation_sight",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", Text, ForeignKey("aid_record.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("shown_to", Text, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    # `MEMBER:REASON`, comma-separated: whose word was missing or not whole.
    Column("gaps", Text, nullable=False),
    Column("unchecked", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    # What others answered; none after a month.
    Column("content", LargeBinary),
    Column("reason", LargeBinary),
)

# What others answered after the check was shown; no content after a month.
reservation_late = Table(
    "reservation_late",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sight_id", Integer, ForeignKey("reservation_sight.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary),
)

named_person = Table(
    "named_person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("who", LargeBinary, nullable=False),
    Column("recorded_at", Double, nullable=False),
)

named_key = Table(
    "named_key",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("person_id", Integer, ForeignKey("named_person.id"), primary_key=True, autoincrement=False),
)

named_aid = Table(
    "named_aid",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", Integer, ForeignKey("named_person.id"), nullable=False, index=True),
    Column("facet", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount_cents", BigInteger),
    Column("status", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("creditor", LargeBinary),
    Column("keep_until", Date, nullable=False),
    Column("recorded_at", Double, nullable=False),
)

# Codes that another one replaced, each on the file of the person who has that one now.
known_as = Table(
    "known_as",
    metadata,
    Column("id", Integer, primary_key=True),
    # The former code, or NOME:7.
    Column("former_index", LargeBinary, nullable=False, unique=True),
    Column("former", LargeBinary, nullable=False),
    # The row of the former code, under which it keeps its pseudonyms; none of a person without a code.
    Column("former_id", Integer, ForeignKey("person.id"), unique=True),
    # The number of a person without a code who has one now; no foreign key ties names to codes.
    Column("former_name", Integer, unique=True),
    Column("current_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("linked_at", Double, nullable=False),
    Column("linked_by", Text, nullable=False),
    Column("answers_until", Date, nullable=False),
    # What undoing it needs, while it may be undone.
    Column("undo", LargeBinary),
)

# One person's place in a household; nothing ties it to a row of `person`.
household_place = Table(
    "household_place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_index", LargeBinary, nullable=False, index=True),
    Column("household", LargeBinary, nullable=False, index=True),
    Column("source", Text, nullable=False),
    # The last day of whoever left.
    Column("until", Date),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("purposes", Text, nullable=False),
    Column("notice_version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("method", Text, nullable=False),
    Column("withdrawn_on", Date),
    # Comma-separated kinds of body, and the last day that the person named: none for everybody, and for the limit.
    Column("audience", Text),
    Column("expires", Date),
    # What is left of the purposes after a withdrawal of some; none while all are.
    Column("purposes_left", Text),
    Column("recorded_by", Text),
)

# A person's no: a consent withdrawn (in whole or for some purposes), refused, or an objection to a public task.
opposition = Table(
    "opposition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    # Of a refusal: the day of the consent that ended it.
    Column("ended_on", Date),
    # Whether it is known who is to be told.
    Column("traced", Boolean, nullable=False),
)

# The bodies to tell of a withdrawal, and when each was.
to_tell = Table(
    "to_tell",
    metadata,
    Column("opposition_id", Integer, ForeignKey("opposition.id"), primary_key=True, autoincrement=False),
    Column("member", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("told_on", Date),
    Column("told_by", Text),
)

# What persons have to pay and how much in all, beside the help given for it. The content: total owed, creditor.
filed_need = Table(
    "filed_need",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("need_id", Integer, ForeignKey("need.id"), index=True),
    Column("facet", Text, nullable=False),
    Column("period_from", Date),
    Column("period_to", Date),
    Column("basis", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("keep_until", Date, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("closed_at", Double),
    Column("closed_by", Text),
    # What the sealed content is bound to, since the row's number is not known before it is stored.
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

case_file = Table(
    "case_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("protocol", Text, nullable=False),
)

# Clustered by what the network asks for: one descent of one tree finds the subject.
pseudonym = Table(
    "pseudonym",
    metadata,
    Column("class", Text, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("pseudonym", LargeBinary(16), primary_key=True),
    Column("subject_id", Integer, nullable=False),
    UniqueConstraint("class", "epoch", "subject_id"),
    sqlite_with_rowid=False,
)

pseudonym_cache = Table(
    "pseudonym_cache",
    metadata,
    Column("subject_index", LargeBinary, primary_key=True),
    Column("key_set", LargeBinary, primary_key=True),
    Column("pseudonyms", LargeBinary, nullable=False),
    Column("expires", Double, nullable=False, index=True),
    Column("own_client", Boolean),
)

budget_item = Table(
    "budget_item",
    metadata,
    Column("budget", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("item", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

procedure_item = Table(
    "procedure_item",
    metadata,
    Column("procedure", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    Column("class", Text, primary_key=True),
    Column("item", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

procedure_budget = Table(
    "procedure_budget",
    metadata,
    Column("procedure", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    Column("class", Text, primary_key=True),
    Column("spent", Integer, nullable=False),
)

access_case = Table(
    "access_case",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("received_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("extended_on", Date),
    Column("closed_on", Date),
    Column("closed_by", Text),
    # What the sealed content is bound to, since the row's number is not known before it is stored.
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

access_part = Table(
    "access_part",
    metadata,
    Column("case_id", Integer, ForeignKey("access_case.id"), primary_key=True, autoincrement=False),
    Column("member", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Persons sent to other bodies and received from them. Whoever they are is in the sealed content, bound to the salt.
referral = Table(
    "referral",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("direction", Text, nullable=False),
    Column("peer", Text, nullable=False),
    Column("referral_id", LargeBinary, nullable=False),
    Column("facet", Text, nullable=False),
    Column("state", Text, nullable=False),
    # What the other body has yet to be told: `sent` stands for the person themselves.
    Column("untold", Text, index=True),
    Column("unread", Boolean, nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("keep_until", Date, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("direction", "peer", "referral_id"),
)

# What a node has to say to its operators, for all of the body where `operator` is empty. Kind, check and time are in
# the sealed content, bound to the salt: beside the log they would tell which question was about which row.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("operator", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("unread", Boolean, nullable=False, index=True),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# A call for applicants: its rows in sealed pages, and what each body said of some of them, one question each.
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    # Keyed index of file, procedure and question: the same again is the same batch.
    Column("mark", LargeBinary, nullable=False, unique=True),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("erase_on", Date, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("stopped", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

batch_page = Table(
    "batch_page",
    metadata,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

batch_reply = Table(
    "batch_reply",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("question", LargeBinary, nullable=False, unique=True),
    Column("member", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # The entry of the question's end, stored before it is logged; empty where no question was sent.
    Column("ending", LargeBinary, nullable=False),
)

# A check of the last 72 hours: whom it is about and what was found in sealed content.
waiting_check = Table(
    "waiting_check",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    # Keyed index of operator and the console's own key: what is deferred twice under one key is one check.
    Column("mark", LargeBinary, unique=True),
    Column("stage", Text, nullable=False),
    # Whether somebody is still to be asked.
    Column("is_open", Boolean, nullable=False, index=True),
    Column("asked_at", Double, nullable=False),
    # For how many seconds it had been kept at `noted_at`: clocks are set, and machines sleep.
    Column("waited_s", Double, nullable=False),
    Column("noted_at", Double, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# How files of other programs are read: columns and no content.
import_template = Table(
    "import_template",
    metadata,
    Column("name", Text, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("saved_by", Text, nullable=False),
)

operator = Table(
    "operator",
    metadata,
    Column("user", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
)

# Consoles that are let in from anywhere. What the second factor is made from is sealed, bound to the id.
device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("otp_secret", LargeBinary, nullable=False),
    # The 30 seconds whose code was taken last: none counts twice.
    Column("last_step", BigInteger, nullable=False),
    Column("enrolled_at", Double, nullable=False),
    Column("used_at", Double),
    # Wrong codes in a row.
    Column("wrong", Integer, nullable=False),
)

# One for each user; the code itself is nowhere.
device_invite = Table(
    "device_invite",
    metadata,
    Column("user", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("expires", Double, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

# How other bodies answered, by the day: counts and instants (ms since the epoch), no person.
answering_line = Table(
    "answering_line",
    metadata,
    Column("day", Date, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("at_once", Integer, nullable=False),
    Column("in_time", Integer, nullable=False),
    Column("later", Integer, nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    Column("missed_since", BigInteger, nullable=False),
    Column("missed_until", BigInteger, nullable=False),
)

# Checks of a day that nobody answered, minutes for which this node served, and when the registry was told of it.
answering_day = Table(
    "answering_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("unheard", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("told_on", Date),
)

# The log's entry, and the day, from which the next start counts again.
answering_place = Table(
    "answering_place",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entry", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
)

field_key = Table(
    "field_key",
    metadata,
    Column("proof", LargeBinary, primary_key=True),
)

log.define(metadata)
