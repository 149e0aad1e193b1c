"""What a member tells the registry of how others answered: one day in one signed envelope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from maglia.core.answering import Answering
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.v1 import answering_pb2 as pb
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.convert import seal_message
from maglia.wire.envelope import parse, unseal

ANSWERING = "answering"
MAX_LINES = 2_000
"""Bodies in one report at most: one of so many fits in a message."""
MOST_ASKED = 100_000
"""Questions to one body on one day that anybody could have asked."""


def counts_message(counts: Answering) -> pb.AnsweringCounts:
    """Return counts as they travel."""
    return pb.AnsweringCounts(asked=counts.asked, at_once=counts.at_once, in_time=counts.in_time, later=counts.later)


def read_counts(message: pb.AnsweringCounts) -> Answering:
    """Return counts that were received, as they are."""
    return Answering(message.asked, message.at_once, message.in_time, message.later)


def seal_report(network: str, asker: str, day: date, lines: Mapping[str, Answering], key: SigningKey) -> Envelope:
    """Return one day's counts by member as the asker signs them."""
    report = pb.AnsweringReport(
        network=network,
        asker=asker,
        day=day.isoformat(),
        lines=[pb.AnsweringLine(member=member, counts=counts_message(one)) for member, one in sorted(lines.items())],
    )
    return seal_message(ANSWERING, network, report, key)


def open_report(envelope: Envelope, network: str, asker: str, identity_key: bytes) -> tuple[date, dict[str, Answering]]:
    """Return the day and the counts by member, once the signature is the asker's own.

    Raises `member.signature`, `input.malformed`, `input.too_large`, and `input.field` for what no honest asker counts:
    another's report, a body twice, more answers than questions.
    """
    report = parse(pb.AnsweringReport, unseal(envelope, ANSWERING, network, identity_key))
    if (report.network, report.asker) != (network, asker):
        raise MagliaError(Code.INPUT_FIELD, field="asker")
    if len(report.lines) > MAX_LINES:
        raise MagliaError(Code.INPUT_TOO_LARGE, field="lines", limit=str(MAX_LINES))
    lines = {line.member: read_counts(line.counts) for line in report.lines}
    if len(lines) < len(report.lines) or not all(one.is_sound and one.asked <= MOST_ASKED for one in lines.values()):
        raise MagliaError(Code.INPUT_FIELD, field="lines")
    try:
        return date.fromisoformat(report.day), lines
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="day") from error
