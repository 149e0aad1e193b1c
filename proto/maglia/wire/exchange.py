"""The bodies of questions and answers. Each is serialized once, by its sender; readers hash what they received."""

from __future__ import annotations

import re
from datetime import date

from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import (
    QUESTION_ID_BYTES,
    SALT_BYTES,
    SLOT_BYTES,
    TAG_BYTES,
    Answer,
    Finding,
    Question,
    Subject,
)
from maglia.core.vocabulary import (
    MAX_MONTHS,
    MAX_PSEUDONYMS,
    PROTOCOL_VERSIONS,
    PSEUDONYM_BYTES,
    AidStatus,
    AmountBand,
    Basis,
    Coverage,
    Facet,
    Kind,
    PseudonymClass,
    Purpose,
)
from maglia.v1 import exchange_pb2 as pb
from maglia.wire.envelope import parse

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_MAX_REVISION = 64
_LAST_MS = 4_102_444_800_000
"""The year 2100: what comes after it is no reservation's instant, and no calendar need show it."""
_OMITTED_BYTES = 6
"""What the count of omitted findings can add to a slot."""


def encode_question(question: Question) -> bytes:
    """Return a question's body."""
    return pb.QuestionBody(
        version=PROTOCOL_VERSIONS[0],
        question_id=question.question_id,
        asker=question.asker,
        addressee=question.addressee,
        purpose=question.purpose,
        facet=question.facet,
        months=question.months,
        basis=question.basis,
        has_case=question.has_case,
        procedure=question.procedure,
        epoch=question.epoch,
        directory_version=question.directory_version,
        subjects=[_subject_message(subject) for subject in question.subjects],
        salt=question.salt,
        again=question.again,
    ).SerializeToString()


def _subject_message(subject: Subject) -> pb.Subject:
    return pb.Subject(
        pseudonym=subject.pseudonym,
        creditor_tag=subject.creditor_tag,
        period_from=_iso(subject.period_from),
        period_to=_iso(subject.period_to),
        **{"class": subject.cls.value},
    )


def decode_question(body: bytes) -> Question:
    """Read a question's body; raise `input.malformed`, `input.too_large`, `version.unsupported` or a field's code."""
    message = parse(pb.QuestionBody, body)
    if message.version not in PROTOCOL_VERSIONS:
        raise MagliaError(Code.VERSION_UNSUPPORTED)
    if len(message.subjects) > MAX_PSEUDONYMS:
        raise MagliaError(Code.INPUT_TOO_LARGE, field="subjects", limit=MAX_PSEUDONYMS)
    sizes = len(message.question_id), len(message.salt)
    if not message.subjects or sizes != (QUESTION_ID_BYTES, SALT_BYTES) or not 1 <= message.months <= MAX_MONTHS:
        raise MagliaError(Code.INPUT_MALFORMED, cause="question's form")
    try:
        return Question(
            question_id=message.question_id,
            asker=message.asker,
            addressee=message.addressee,
            purpose=Purpose(message.purpose),
            facet=Facet(message.facet),
            months=message.months,
            basis=Basis(message.basis),
            has_case=message.has_case,
            procedure=message.procedure,
            epoch=message.epoch,
            directory_version=message.directory_version,
            subjects=tuple(_subject(subject) for subject in message.subjects),
            salt=message.salt,
            again=message.again,
        )
    except ValueError as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="a code or date in the question") from error


def _subject(message: pb.Subject) -> Subject:
    if len(message.pseudonym) != PSEUDONYM_BYTES or len(message.creditor_tag) != TAG_BYTES:
        raise ValueError("a subject's sizes")
    return Subject(
        pseudonym=message.pseudonym,
        cls=PseudonymClass(getattr(message, "class")),
        creditor_tag=message.creditor_tag,
        period_from=_date(message.period_from),
        period_to=_date(message.period_to),
    )


def encode_answer(answer: Answer) -> bytes:
    """Return an answer's body, padded: its size depends on the number of subjects alone, but for the checkpoint's."""
    return pb.AnswerBody(
        version=PROTOCOL_VERSIONS[0],
        question_id=answer.question_id,
        answerer=answer.answerer,
        coverage=answer.coverage,
        slots=[_slot(findings) for findings in answer.slots],
        policy_revision=answer.policy_revision,
        directory_version=answer.directory_version,
        refusal=answer.refusal,
        checkpoint=answer.checkpoint,
        salt=answer.salt,
    ).SerializeToString()


def _slot(findings: tuple[Finding, ...]) -> bytes:
    """Return as many findings as fit in one slot, and the count of those left out.

    The first always fits, without its contact if need be: a slot that held none would read as nothing known.
    """
    content = pb.SlotContent()
    for position, finding in enumerate(findings):
        content.findings.append(_finding_message(finding))
        if position == 0 and content.ByteSize() > SLOT_BYTES - 2 - _OMITTED_BYTES:
            content.findings[0].contact = ""
        if content.ByteSize() > SLOT_BYTES - 2 - _OMITTED_BYTES:
            del content.findings[-1]
            content.omitted = len(findings) - position
            break
    encoded = content.SerializeToString()
    return (len(encoded).to_bytes(2, "big") + encoded).ljust(SLOT_BYTES, b"\0")


def _finding_message(finding: Finding) -> pb.Finding:
    return pb.Finding(
        facet=finding.facet,
        month=finding.month,
        amount_band=finding.amount_band or "",
        kind=finding.kind,
        status=finding.status,
        same_need=finding.same_need,
        date=_iso(finding.day),
        amount_cents=finding.amount_cents or 0,
        body=finding.body,
        contact=finding.contact,
        objection=finding.objection,
        owed_cents=finding.owed_cents or 0,
        reserved_at_ms=finding.reserved_at_ms or 0,
        reserved_until_ms=finding.reserved_until_ms or 0,
    )


def decode_answer(body: bytes) -> Answer:
    """Read an answer's body; raise `network.answer` when it isn't one."""
    try:
        message = parse(pb.AnswerBody, body)
        _check_header(message)
        contents = [_slot_content(slot) for slot in message.slots]
        return Answer(
            question_id=message.question_id,
            answerer=message.answerer,
            coverage=Coverage(message.coverage),
            slots=tuple(tuple(_finding(found) for found in content.findings) for content in contents),
            policy_revision=message.policy_revision,
            directory_version=message.directory_version,
            refusal=message.refusal,
            checkpoint=message.checkpoint,
            omitted=sum(content.omitted for content in contents),
            salt=message.salt,
        )
    except (MagliaError, ValueError) as error:
        raise MagliaError(Code.NETWORK_ANSWER, cause=type(error).__name__) from error


def _check_header(message: pb.AnswerBody) -> None:
    """Refuse what a reader would log or show without knowing it."""
    if message.version not in PROTOCOL_VERSIONS or len(message.policy_revision) > _MAX_REVISION:
        raise ValueError("another version, or a long revision")
    if len(message.salt) != SALT_BYTES:
        raise ValueError("a salt's size")
    if message.refusal:
        Code(message.refusal)


def _slot_content(slot: bytes) -> pb.SlotContent:
    length = int.from_bytes(slot[:2], "big")
    if len(slot) != SLOT_BYTES or length > SLOT_BYTES - 2:
        raise ValueError("a slot's size")
    content = parse(pb.SlotContent, slot[2 : 2 + length])
    if content.omitted and not content.findings:
        raise ValueError("findings left out, and none shown")
    return content


def _finding(message: pb.Finding) -> Finding:
    if not _MONTH.fullmatch(message.month):
        raise ValueError("a month's form")
    _check_reservation(message)
    return Finding(
        facet=Facet(message.facet),
        month=message.month,
        amount_band=AmountBand(message.amount_band) if message.amount_band else None,
        kind=Kind(message.kind),
        status=AidStatus(message.status),
        same_need=message.same_need,
        day=_date(message.date),
        amount_cents=message.amount_cents or None,
        body=message.body,
        contact=message.contact,
        objection=message.objection,
        owed_cents=message.owed_cents or None,
        reserved_at_ms=message.reserved_at_ms or None,
        reserved_until_ms=message.reserved_until_ms or None,
    )


def _check_reservation(message: pb.Finding) -> None:
    """Refuse instants that no reservation has: ties are settled by them."""
    at, until = message.reserved_at_ms, message.reserved_until_ms
    if (at or until) and message.status != AidStatus.RESERVED:
        raise ValueError("instants of a reservation that is none")
    if not (0 <= at <= _LAST_MS and 0 <= until <= _LAST_MS) or (until and until < at):
        raise ValueError("a reservation's instants")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
