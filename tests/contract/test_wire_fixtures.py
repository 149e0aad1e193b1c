"""Golden bytes: a format that changes by accident goes red here. Vectors: `vectors/wire.json`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from maglia.core.entry import Entry, EntryKind, open_pseudonyms
from maglia.core.exchange import (
    SLOT_BYTES,
    Answer,
    BoundQuestion,
    Finding,
    Question,
    Receipt,
    Subject,
    creditor_tag,
    sha256,
)
from maglia.core.identity import Card, SigningKey, fingerprint, key_id
from maglia.core.merkle import leaf_hash
from maglia.core.referral import ReferralAnswer, ReferralMessage, ReferralStep, ReferredPerson
from maglia.core.vocabulary import (
    AidStatus,
    AmountBand,
    Basis,
    Coverage,
    Facet,
    Kind,
    PseudonymClass,
    Purpose,
    ReferralState,
)
from maglia.wire.convert import seal_card
from maglia.wire.entries import decode_entry, encode_entry
from maglia.wire.envelope import seal, signed_bytes, unseal
from maglia.wire.evidence import (
    QuestionEvidence,
    decode_bound,
    decode_receipt,
    encode_bound,
    encode_receipt,
    keep,
    open_question,
    open_receipt,
)
from maglia.wire.exchange import decode_answer, decode_question, encode_answer, encode_question
from maglia.wire.referral import decode_referral, decode_referral_answer, encode_referral, encode_referral_answer

VECTORS: dict[str, str] = json.loads((Path(__file__).parent / "vectors" / "wire.json").read_text())
KEY = SigningKey(bytes(range(32)))

SUBJECT = Subject(bytes(range(16)), PseudonymClass.PERSON, bytes(range(16, 32)), date(2025, 4, 1), date(2025, 4, 30))
QUESTION = Question(
    question_id=bytes(range(32, 48)),
    asker="comune",
    addressee="parrocchia",
    purpose=Purpose.RENT_SUBSIDY,
    facet=Facet.RENT_ARREARS,
    months=12,
    basis=Basis.PUBLIC_TASK,
    has_case=True,
    procedure="bando-2025",
    epoch=3,
    directory_version=300,
    subjects=(SUBJECT, Subject(bytes(16), PseudonymClass.NEED, bytes([255]) * 16)),
    salt=bytes(range(48, 64)),
)
BOUND = BoundQuestion(
    sha256(encode_question(QUESTION)), bytes([1]) * 32, bytes([2]) * 32, 7, "parrocchia", QUESTION.question_id
)
PRESENCE = Finding(Facet.FOOD_PARCEL, "2025-05", AmountBand.UNDER_50, Kind.PARISH, AidStatus.GIVEN)
DETAIL = Finding(
    facet=Facet.RENT_ARREARS,
    month="2025-04",
    amount_band=AmountBand.FROM_500,
    kind=Kind.PARISH,
    status=AidStatus.RESERVED,
    same_need=True,
    day=date(2025, 4, 30),
    amount_cents=900_00,
    body="parrocchia",
    contact="aiuto@example.org",
    objection=True,
)
ANSWER = Answer(
    question_id=QUESTION.question_id,
    answerer="parrocchia",
    coverage=Coverage.FULL,
    slots=((DETAIL, PRESENCE), ()),
    policy_revision="0123456789ab",
    directory_version=300,
    checkpoint=b"maglia/prova/parrocchia\n",
    salt=bytes(range(64, 80)),
)
PROMISED = replace(
    DETAIL,
    amount_cents=400_00,
    amount_band=AmountBand.FROM_150,
    owed_cents=900_00,
    reserved_at_ms=1_748_736_000_000,
    reserved_until_ms=1_749_600_000_000,
)
PROMISE = replace(ANSWER, slots=((PROMISED, PRESENCE), ()))
REFUSAL = replace(ANSWER, slots=((), ()), coverage=Coverage.PARTIAL, refusal="member.not_entitled", checkpoint=b"")
RECEIPT = Receipt(
    bytes([3]) * 32, sha256(encode_answer(ANSWER)), bytes([5]) * 32, bytes([6]) * 32, "comune", QUESTION.question_id
)
ENTRY = Entry(
    kind=EntryKind.ASKED,
    time_ms=1_748_736_000_123,
    peer="parrocchia",
    question_id=QUESTION.question_id,
    purpose="rent_subsidy",
    facet="rent_arrears",
    basis="public_task",
    operator="anna",
    question_hash=bytes([7]) * 32,
    answer_hash=bytes([8]) * 32,
    peer_entry=bytes([9]) * 32,
    outcome="answered",
    code="policy.facet",
    policy_revision="0123456789ab",
    directory_version=300,
    count=2,
    key_month="2025-06",
    sealed=bytes(range(60)),
    check_id="V-0123456789",
    nonce=bytes(range(16)),
)
CARD = Card("prova", "parrocchia", 5, b"certificate", "127.0.0.1:7001", 1_748_736_000, 1_756_512_000)

SENT = ReferralMessage(
    question_id=bytes(range(32, 48)),
    sender="parrocchia",
    addressee="comune",
    referral_id=bytes(range(80, 96)),
    facet=Facet.RENT_ARREARS,
    epoch=3,
    directory_version=300,
    content=ReferredPerson(
        "DOC:P/UTO/L898902C3",
        bytes(range(16)),
        "Nome Fittizio",
        "333 000000",
        "due mesi",
        "nota",
        "2026-1",
        "it",
        date(2025, 4, 30),
    ),
    salt=bytes(range(48, 64)),
)
STEP = replace(SENT, content=ReferralStep(ReferralState.DECLINED, "fondi esauriti"))
TAKEN = ReferralAnswer(SENT.question_id, "comune", "0123456789ab", 300, salt=bytes(range(64, 80)))
BOUND_SENT = replace(BOUND, body_hash=sha256(encode_referral(SENT)), sequence=1, addressee="comune")
RECEIPT_TAKEN = replace(RECEIPT, answer_hash=sha256(encode_referral_answer(TAKEN)), asker="parrocchia")

MADE: dict[str, bytes] = {
    "signed_bytes": signed_bytes("question", "prova", b"payload"),
    "envelope": seal("question", "prova", b"payload", KEY).SerializeToString(),
    "question": encode_question(QUESTION),
    "bound_question": encode_bound(BOUND),
    "answer": encode_answer(ANSWER),
    "promise": encode_answer(PROMISE),
    "refusal": encode_answer(REFUSAL),
    "receipt": encode_receipt(RECEIPT),
    "question_evidence": keep(seal("question", "prova", encode_bound(BOUND), KEY)),
    "receipt_evidence": keep(seal("answer", "prova", encode_receipt(RECEIPT), KEY)),
    "entry": encode_entry(ENTRY),
    "entry_leaf_hash": leaf_hash(encode_entry(ENTRY)),
    "referral": encode_referral(SENT),
    "referral_step": encode_referral(STEP),
    "referral_answer": encode_referral_answer(TAKEN),
    "referral_evidence": keep(seal("referral", "prova", encode_bound(BOUND_SENT), KEY)),
    "referral_receipt_evidence": keep(seal("referral-answer", "prova", encode_receipt(RECEIPT_TAKEN), KEY)),
    "card": seal_card(CARD, KEY).SerializeToString(),
    "key_id": key_id(KEY.public).encode(),
    "fingerprint": fingerprint(KEY.public).encode(),
    "creditor_tag": creditor_tag(bytes(range(16)), "Énel S.p.A."),
}


def vector(name: str) -> bytes:
    return bytes.fromhex(VECTORS[name])


def test_the_vectors_are_those_made_here() -> None:
    assert set(VECTORS) - {"sealed_pseudonyms"} == set(MADE)


@pytest.mark.parametrize("name", MADE)
def test_the_bytes_are_as_published(name: str) -> None:
    assert MADE[name] == vector(name)


def test_published_bytes_read_back() -> None:
    assert decode_question(vector("question")) == QUESTION
    assert decode_bound(vector("bound_question")) == BOUND
    assert decode_answer(vector("answer")) == ANSWER
    assert decode_answer(vector("promise")) == PROMISE
    assert decode_answer(vector("refusal")) == REFUSAL
    assert decode_receipt(vector("receipt")) == RECEIPT
    question_hash = sha256(vector("bound_question"))
    opened = open_question(vector("question_evidence"), "prova", KEY.public)
    assert opened == QuestionEvidence(BOUND, question_hash)
    assert open_receipt(vector("receipt_evidence"), "prova", KEY.public) == RECEIPT
    assert decode_referral(vector("referral")) == SENT
    assert decode_referral(vector("referral_step")) == STEP
    assert decode_referral_answer(vector("referral_answer")) == TAKEN
    assert open_question(vector("referral_evidence"), "prova", KEY.public).bound == BOUND_SENT
    assert open_receipt(vector("referral_receipt_evidence"), "prova", KEY.public) == RECEIPT_TAKEN
    assert decode_entry(vector("entry")) == ENTRY
    assert unseal(seal("question", "prova", b"payload", KEY), "question", "prova", KEY.public) == b"payload"


def test_sealed_pseudonyms_still_open() -> None:
    assert open_pseudonyms(bytes(range(32)), vector("sealed_pseudonyms")) == [bytes(16), bytes(range(16))]


def test_a_slot_is_length_content_zeros_at_its_fixed_size() -> None:
    content = vector("answer")
    length = int.from_bytes(content[content.index(b"rent_arrears") - 6 :][:2], "big")
    assert 0 < length < SLOT_BYTES
    empty = encode_answer(replace(ANSWER, slots=((), ())))
    assert len(empty) == len(content)
    assert empty.count(bytes(SLOT_BYTES)) == 2
