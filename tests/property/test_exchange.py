"""Questions and answers as bytes: whatever is made reads back, whatever comes is read or refused with a code."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from maglia.core.entry import Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.exchange import (
    SLOT_BYTES,
    Answer,
    BoundQuestion,
    Finding,
    Question,
    Receipt,
    Subject,
)
from maglia.core.vocabulary import (
    MAX_MONTHS,
    AidStatus,
    AmountBand,
    Basis,
    Coverage,
    Facet,
    Kind,
    PseudonymClass,
    Purpose,
)
from maglia.wire.entries import decode_entry, encode_entry
from maglia.wire.evidence import decode_bound, decode_receipt, encode_bound, encode_receipt
from maglia.wire.exchange import decode_answer, decode_question, encode_answer, encode_question

DECODERS = (decode_question, decode_bound, decode_answer, decode_receipt, decode_entry)

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
days = st.dates(date(1990, 1, 1), date(2099, 12, 31))
sixteen, thirty_two = st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32)
subjects = st.builds(Subject, sixteen, st.sampled_from(PseudonymClass), sixteen, st.none() | days, st.none() | days)
questions = st.builds(
    Question,
    question_id=sixteen,
    asker=names,
    addressee=names,
    purpose=st.sampled_from(Purpose),
    facet=st.sampled_from(Facet),
    months=st.integers(1, MAX_MONTHS),
    basis=st.sampled_from(Basis),
    has_case=st.booleans(),
    procedure=names,
    epoch=st.integers(0, 2**32 - 1),
    directory_version=st.integers(0, 2**64 - 1),
    subjects=st.lists(subjects, min_size=1, max_size=8).map(tuple),
    salt=sixteen,
)


LAST_MS = 4_102_444_800_000


def _as_promised(finding: Finding, instants: tuple[int, int] | None) -> Finding:
    """Return the finding with what only a reservation says of itself: since when and until when."""
    if finding.status is not AidStatus.RESERVED or instants is None:
        return finding
    return replace(finding, reserved_at_ms=min(instants), reserved_until_ms=max(instants))


bare_findings = st.builds(
    Finding,
    facet=st.sampled_from(Facet),
    month=days.map(lambda day: f"{day:%Y-%m}"),
    amount_band=st.none() | st.sampled_from(AmountBand),
    kind=st.sampled_from(Kind),
    status=st.sampled_from(AidStatus),
    same_need=st.booleans(),
    day=st.none() | days,
    amount_cents=st.none() | st.integers(1, 10**8),
    body=st.from_regex(r"[a-z0-9-]{0,40}", fullmatch=True),
    contact=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200),
    objection=st.booleans(),
    owed_cents=st.none() | st.integers(1, 10**8),
)
instants = st.integers(1, LAST_MS)
findings = st.builds(_as_promised, bare_findings, st.none() | st.tuples(instants, instants))
answers = st.builds(
    Answer,
    question_id=sixteen,
    answerer=names,
    coverage=st.sampled_from(Coverage),
    slots=st.lists(st.lists(findings, max_size=12).map(tuple), max_size=4).map(tuple),
    policy_revision=st.text("0123456789abcdef", max_size=12),
    directory_version=st.integers(0, 2**64 - 1),
    refusal=st.just("") | st.sampled_from([code.value for code in Code]),
    checkpoint=st.binary(max_size=200),
    salt=sixteen,
)
bound_questions = st.builds(
    BoundQuestion, thirty_two, thirty_two, thirty_two, st.integers(0, 2**64 - 1), names, sixteen
)
receipts = st.builds(Receipt, thirty_two, thirty_two, thirty_two, thirty_two, names, sixteen)
entries = st.builds(
    Entry,
    kind=st.sampled_from(EntryKind),
    time_ms=st.integers(0, 2**62),
    peer=names,
    question_id=st.binary(max_size=16),
    outcome=names,
    code=names,
    count=st.integers(0, 2**32 - 1),
    sealed=st.binary(max_size=100),
    nonce=sixteen,
)


@given(questions)
def test_a_question_reads_back(question: Question) -> None:
    assert decode_question(encode_question(question)) == question


@given(bound_questions)
def test_a_bound_question_reads_back(bound: BoundQuestion) -> None:
    assert decode_bound(encode_bound(bound)) == bound


@given(answers)
def test_an_answer_reads_back_but_for_what_did_not_fit(answer: Answer) -> None:
    read = decode_answer(encode_answer(answer))
    left_out = 0
    for sent, received in zip(answer.slots, read.slots, strict=True):
        assert bool(received) == bool(sent)
        shorter = [replace(finding, contact=kept.contact) for finding, kept in zip(sent, received, strict=False)]
        assert list(received) == shorter  # in order, from the first on
        assert all(kept.contact in {"", finding.contact} for finding, kept in zip(sent, received, strict=False))
        left_out += len(sent) - len(received)
    assert read.omitted == left_out
    assert replace(read, slots=(), omitted=0) == replace(answer, slots=())


@given(st.lists(st.lists(findings, max_size=12).map(tuple), min_size=1, max_size=5))
def test_the_size_of_an_answer_tells_how_many_were_asked_and_nothing_else(slots: list[tuple[Finding, ...]]) -> None:
    made = Answer(bytes(16), "parrocchia", Coverage.FULL, tuple(slots), "0123456789ab", 3, checkpoint=b"note")
    empty = replace(made, slots=tuple(() for _ in slots))
    assert len(encode_answer(made)) == len(encode_answer(empty))
    one_less = replace(made, slots=made.slots[1:])
    assert len(encode_answer(made)) - len(encode_answer(one_less)) == SLOT_BYTES + 3


@given(receipts)
def test_a_receipt_reads_back(receipt: Receipt) -> None:
    assert decode_receipt(encode_receipt(receipt)) == receipt


@given(entries)
def test_an_entry_reads_back(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


signed_or_sent = st.one_of(
    questions.map(encode_question),
    answers.map(encode_answer),
    entries.map(encode_entry),
    bound_questions.map(encode_bound),
    receipts.map(encode_receipt),
)


@given(st.binary(max_size=2_000))
@settings(max_examples=300)
def test_noise_is_read_or_refused_with_a_code(noise: bytes) -> None:
    for decode in DECODERS:
        with suppress(MagliaError):
            decode(noise)


@given(st.data(), st.one_of(signed_or_sent))
@settings(max_examples=300)
def test_what_is_cut_flipped_or_repeated_is_read_or_refused_with_a_code(data: st.DataObject, encoded: bytes) -> None:
    changed = bytearray(encoded)
    for _ in range(data.draw(st.integers(1, 4))):
        if not changed:
            break
        at = data.draw(st.integers(0, len(changed) - 1))
        act = data.draw(st.sampled_from(["flip", "cut", "repeat", "set"]))
        if act == "flip":
            changed[at] ^= 1 << data.draw(st.integers(0, 7))
        elif act == "cut":
            del changed[at : at + data.draw(st.integers(1, 30))]
        elif act == "repeat":
            changed[at:at] = changed[at : at + 40]
        else:
            changed[at] = data.draw(st.integers(0, 255))
    for decode in DECODERS:
        with suppress(MagliaError):
            decode(bytes(changed))
