"""What a reader of questions and answers refuses, and with which code."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from google.protobuf.message import Message

from maglia.core.errors import Code
from maglia.core.exchange import (
    SLOT_BYTES,
    Answer,
    Finding,
    Subject,
    creditor_tag,
    normal_creditor,
    periods_overlap,
)
from maglia.core.vocabulary import (
    MAX_MESSAGE_BYTES,
    MAX_PSEUDONYMS,
    AidStatus,
    AmountBand,
    Coverage,
    Facet,
    Kind,
    PseudonymClass,
)
from maglia.v1 import exchange_pb2 as pb
from maglia.wire.exchange import decode_answer, decode_question, encode_answer, encode_question
from tests.peer_world import question, refused

FINDING = Finding(
    facet=Facet.RENT_ARREARS,
    month="2025-05",
    amount_band=AmountBand.FROM_500,
    kind=Kind.SOCIAL_DISTRICT,
    status=AidStatus.CANCELLED,
    same_need=True,
    day=date(2025, 5, 1),
    amount_cents=10**8,
    body="a" * 40,
    contact="aiuto@example.org",
    objection=True,
)
PROMISED_MS = 1_748_736_000_000
ANSWER = Answer(bytes(16), "parrocchia", Coverage.FULL, ((FINDING,),), "0123456789ab", 3, salt=bytes(range(16)))

Change = Callable[[pb.QuestionBody], object]


def _set(name: str, value: object) -> Change:
    return lambda message: setattr(message, name, value)


def _subject(name: str, value: object) -> Change:
    return lambda message: setattr(message.subjects[0], name, value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_set("version", 0), Code.VERSION_UNSUPPORTED),
        (_set("version", 2), Code.VERSION_UNSUPPORTED),
        (_set("question_id", bytes(15)), Code.INPUT_MALFORMED),
        (_set("question_id", b""), Code.INPUT_MALFORMED),
        (_set("salt", bytes(15)), Code.INPUT_MALFORMED),
        (_set("salt", b""), Code.INPUT_MALFORMED),
        (_set("months", 0), Code.INPUT_MALFORMED),
        (_set("months", 37), Code.INPUT_MALFORMED),
        (_set("purpose", ""), Code.INPUT_MALFORMED),
        (_set("purpose", "curiosity"), Code.INPUT_MALFORMED),
        (_set("facet", "health_therapy"), Code.INPUT_MALFORMED),
        (_set("basis", "CONSENT"), Code.INPUT_MALFORMED),
        (lambda message: message.ClearField("subjects"), Code.INPUT_MALFORMED),
        (_subject("pseudonym", bytes(17)), Code.INPUT_MALFORMED),
        (_subject("creditor_tag", b""), Code.INPUT_MALFORMED),
        (_subject("class", "household"), Code.INPUT_MALFORMED),
        (_subject("period_from", "2025-02-30"), Code.INPUT_MALFORMED),
        (_subject("period_to", "tomorrow"), Code.INPUT_MALFORMED),
    ],
)
def test_a_question_that_is_not_whole_is_refused(change: Change, code: Code) -> None:
    message = pb.QuestionBody.FromString(encode_question(question()))
    change(message)
    with refused(code):
        decode_question(message.SerializeToString())


def test_no_more_than_five_hundred_are_asked_about() -> None:
    one = Subject(bytes(16), PseudonymClass.PERSON, bytes(16))
    assert len(decode_question(encode_question(question(*[one] * MAX_PSEUDONYMS))).subjects) == MAX_PSEUDONYMS
    with refused(Code.INPUT_TOO_LARGE):
        decode_question(encode_question(question(*[one] * (MAX_PSEUDONYMS + 1))))


def _answer(change: Callable[[pb.AnswerBody], object]) -> bytes:
    message = pb.AnswerBody.FromString(encode_answer(ANSWER))
    change(message)
    return message.SerializeToString()


def _slot(content: Message) -> bytes:
    encoded = content.SerializeToString()
    return (len(encoded).to_bytes(2, "big") + encoded).ljust(SLOT_BYTES, b"\0")


def _with_finding(**changes: object) -> bytes:
    content = pb.SlotContent.FromString(_content_of(encode_answer(ANSWER)))
    for name, value in changes.items():
        setattr(content.findings[0], name, value)
    return _answer(lambda message: message.slots.__setitem__(0, _slot(content)))


def _content_of(body: bytes) -> bytes:
    slot = pb.AnswerBody.FromString(body).slots[0]
    return slot[2 : 2 + int.from_bytes(slot[:2], "big")]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        _answer(lambda message: setattr(message, "version", 2)),
        _answer(lambda message: setattr(message, "salt", bytes(15))),
        _answer(lambda message: message.ClearField("salt")),
        _answer(lambda message: setattr(message, "coverage", "most")),
        _answer(lambda message: setattr(message, "refusal", "policy.of_tomorrow")),
        _answer(lambda message: setattr(message, "refusal", "x" * 100_000)),
        _answer(lambda message: setattr(message, "policy_revision", "x" * 65)),
        _answer(lambda message: message.slots.append(bytes(SLOT_BYTES - 1))),
        _answer(lambda message: message.slots.append(bytes(SLOT_BYTES + 1))),
        _answer(lambda message: message.slots.append(b"\xff" * SLOT_BYTES)),
        _answer(lambda message: message.slots.append((SLOT_BYTES - 1).to_bytes(2, "big") + bytes(SLOT_BYTES - 2))),
        _answer(lambda message: message.slots.append(_slot(pb.SlotContent(omitted=1)))),
        _with_finding(facet="health_therapy"),
        _with_finding(month="2025-13"),
        _with_finding(month="\x1b[2J"),
        _with_finding(month="2025-05\n"),
        _with_finding(kind="bank"),
        _with_finding(status="stolen"),
        _with_finding(amount_band="a lot"),
        _with_finding(date="2025-05-32"),
        _with_finding(reserved_at_ms=PROMISED_MS),  # of a record that is no reservation
        _with_finding(reserved_until_ms=PROMISED_MS),
        _with_finding(status="reserved", reserved_at_ms=-1),
        _with_finding(status="reserved", reserved_at_ms=2**62),
        _with_finding(status="reserved", reserved_at_ms=PROMISED_MS, reserved_until_ms=PROMISED_MS - 1),
    ],
    ids=itertools.count(),  # bytes are salted: as names they would differ between the workers of one run
)
def test_an_answer_that_is_not_whole_is_refused(body: bytes) -> None:
    with refused(Code.NETWORK_ANSWER):
        decode_answer(body)


def test_the_longest_finding_fits_at_the_cost_of_its_contact() -> None:
    long = replace(FINDING, contact="è" * 200)
    [[kept, *others]] = decode_answer(encode_answer(replace(ANSWER, slots=((long, FINDING, FINDING),)))).slots
    assert kept == replace(long, contact="")
    assert others == [FINDING, FINDING]


def test_several_promises_fit_with_all_that_is_told_of_them() -> None:
    promised = replace(
        FINDING,
        status=AidStatus.RESERVED,
        owed_cents=900_00,
        reserved_at_ms=PROMISED_MS,
        reserved_until_ms=PROMISED_MS + 864_000_000,
    )
    short = replace(promised, kind=Kind.COMUNE, body="comune", contact="aiuto@example.org", amount_cents=400_00)
    presence = Finding(
        Facet.FOOD_PARCEL,
        "2025-05",
        AmountBand.UNDER_50,
        Kind.PARISH,
        AidStatus.RESERVED,
        reserved_at_ms=PROMISED_MS,
        reserved_until_ms=PROMISED_MS + 43_200_000,
    )
    for finding, most in ((promised, 2), (short, 4), (presence, 7)):
        answer = decode_answer(encode_answer(replace(ANSWER, slots=((finding,) * 10,))))
        assert answer.slots == ((finding,) * most,)
        assert answer.omitted == 10 - most


def test_an_answer_on_five_hundred_fits_in_a_message() -> None:
    full = replace(ANSWER, slots=((FINDING,) * 9,) * MAX_PSEUDONYMS, checkpoint=bytes(1_000))
    assert len(encode_answer(full)) + 1_000 < MAX_MESSAGE_BYTES
    empty = replace(full, slots=((),) * MAX_PSEUDONYMS)
    assert len(encode_answer(full)) == len(encode_answer(empty))


def test_tags_meet_only_for_the_same_person_body_and_creditor() -> None:
    tag = creditor_tag(bytes(16), "Énel S.p.A.")
    assert tag == creditor_tag(bytes(16), " enel  spa ")
    assert tag != creditor_tag(bytes([1]) * 16, "ENEL")
    assert tag != creditor_tag(bytes(16), "ENEL X")
    assert (len(tag), normal_creditor("A.L.E.R. Milano S.r.l.")) == (16, "ALER MILANO")


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((1, 10), (10, 20), True),
        ((1, 10), (11, 20), False),
        ((5, 6), (1, 20), True),
        ((1, 1), (1, 1), True),
        ((1, None), (1, 10), False),
        ((None, None), (None, None), False),
    ],
)
def test_periods_share_a_day_or_do_not(
    one: tuple[int | None, int | None], other: tuple[int | None, int | None], overlap: bool
) -> None:
    def days(period: tuple[int | None, int | None]) -> tuple[date | None, date | None]:
        first, last = (date(2025, 5, day) if day else None for day in period)
        return first, last

    assert periods_overlap(days(one), days(other)) is overlap
    assert periods_overlap(days(other), days(one)) is overlap
