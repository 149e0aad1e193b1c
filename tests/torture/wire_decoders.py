"""Readers of what other parties' programs send: questions, answers, receipts, cards, logs, pseudonyms, errors.

What stands under a signature is spoiled and then signed: a member, an auditor or a registry may sign anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import grpc
from google.protobuf.message import Message
from grpc.aio import AioRpcError, Metadata

import maglia.v1
from maglia.core import pseudonym
from maglia.core.access import AccessRequest, NamesApproval
from maglia.core.answering import Answering
from maglia.core.checkpoint import Checkpoint, cosign, open_checkpoint, sign_checkpoint, verify_cosignature
from maglia.core.errors import Code
from maglia.core.identity import Card, server_name
from maglia.core.vocabulary import PseudonymClass
from maglia.v1 import enrolment_pb2
from maglia.v1.audit_pb2 import AuditReading
from maglia.v1.envelope_pb2 import Envelope, ErrorDetail
from maglia.v1.pseudonyms_pb2 import Part
from maglia.wire import status
from maglia.wire.access import (
    NAMES_APPROVAL,
    decode_access_request,
    decode_page,
    encode_access_request,
    encode_approval,
    encode_page,
    open_stored_approval,
)
from maglia.wire.answering import ANSWERING, open_report, seal_report
from maglia.wire.audit import READING, open_reading
from maglia.wire.certificates import make_certificate
from maglia.wire.convert import CARD, claimed_member, open_card, part_message, read_part, relay_of, seal_card
from maglia.wire.entries import decode_entry, sealed_part
from maglia.wire.envelope import parse, seal
from maglia.wire.evidence import decode_bound, decode_receipt, open_question, open_receipt, signer_of
from maglia.wire.exchange import decode_answer, decode_question
from maglia.wire.referral import decode_referral, decode_referral_answer
from registry.reading import read_payload
from registry.relay_hello import HelloReader, NotTlsError
from tests.contract.test_wire_fixtures import KEY, MADE
from tests.peer_world import _evaluator, evaluation_keys
from tests.support.relay_world import client_hello
from tests.torture.decoders import Decoder, in_turn
from tests.unit.test_access_pages import ACCESS
from tests.unit.test_access_pages import READING as LOG_READING
from tests.unit.test_directory import DARIO, DIRECTORY, SARA

NETWORK, TODAY, LOG = "prova", date(2026, 6, 1), "maglia/prova/parrocchia"
_REQUEST = AccessRequest(NETWORK, "comune", "parrocchia", bytes(16), ((1, bytes(16)), (2, bytes(16))), True, bytes(32))
_APPROVAL = NamesApproval(
    NETWORK, DARIO.id, "comune", "parrocchia", bytes(16), _REQUEST.commitment, date(2026, 12, 31), "reclamo"
)
_OFFICE = replace(DIRECTORY, officials={"dario": replace(DARIO, identity_key=KEY.public)})
_AUDITOR = replace(SARA, identity_key=KEY.public)
_READING = AuditReading(network=NETWORK, auditor="sara", member="parrocchia", start=3, nonce=bytes(16), time_ms=1)
_COUNTS = {"caritas": Answering(9, 5, 2, 1), "parrocchia": Answering(3, 3, 0, 0)}
_CARD = Card(
    NETWORK,
    "parrocchia",
    5,
    make_certificate("parrocchia", NETWORK, 86_400, 1_780_000_000).der,
    "127.0.0.1:7001",
    1_780_000_000,
    1_780_086_400,
)
_NOTE = sign_checkpoint(Checkpoint(LOG, 700, bytes(range(32))), LOG, KEY.private)
_KEY_SET = evaluation_keys(("comune", "parrocchia"), 1).network_set(PseudonymClass.PERSON)
_BLINDED = [pseudonym.blind(text).element for text in (b"cf:XQZXQW60A01H501A", b"cf:XQZXQW60A02H501A")]
_PART = _evaluator().evaluate(_KEY_SET, pseudonym.ALL_SHARES, _BLINDED)


def _messages() -> list[type[Message]]:
    """Return every message of the protocol."""
    modules = [import_module(f"maglia.v1.{one.name}") for one in iter_modules(maglia.v1.__path__) if "_pb2" in one.name]
    found = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return sorted((kind for kind in found if issubclass(kind, Message)), key=lambda kind: kind.DESCRIPTOR.full_name)


_MESSAGES = _messages()


def _any_message(content: bytes) -> None:
    """Read the bytes as a message of the protocol that they themselves pick."""
    kind = _MESSAGES[hashlib.sha256(content).digest()[0] % len(_MESSAGES)]
    in_turn(lambda payload: parse(kind, payload))(content)


def _signed(kind: str, opened: Callable[[Envelope], object]) -> Callable[[bytes], object]:
    """Return what signs a payload and hands it in."""
    return lambda payload: opened(seal(kind, NETWORK, payload, KEY))


def _unsigned(content: bytes) -> None:
    """Hand in an envelope as it comes, its signature spoiled or not."""
    envelope = parse(Envelope, content)
    in_turn(
        lambda _: claimed_member(envelope),
        lambda _: open_card(envelope, NETWORK, "parrocchia", KEY.public),
        lambda _: open_report(envelope, NETWORK, "comune", KEY.public),
        lambda _: open_reading(envelope, NETWORK, _AUDITOR, "parrocchia", 100),
        lambda _: open_stored_approval(content, NETWORK, _OFFICE, TODAY),
    )(content)


def _part(content: bytes) -> None:
    part = read_part(parse(Part, content))
    pseudonym.combine(_KEY_SET, _BLINDED, [part])


def _error(content: bytes) -> None:
    failed = AioRpcError(grpc.StatusCode.UNKNOWN, Metadata(), Metadata((status.METADATA_KEY, content)), "")
    assert str(status.error_of(failed).code)


def _hello(content: bytes) -> None:
    reader = HelloReader()
    for at in range(0, len(content), 4096):
        reader.feed(content[at : at + 4096])


def _note(content: bytes) -> None:
    """Open a head of a log as it comes, then with the text that it has under a signature of its own."""
    key = KEY.private.public_key()
    in_turn(
        lambda note: open_checkpoint(note, LOG, key),
        lambda note: verify_cosignature(note, "prova.witness", key),
        lambda note: cosign(note, "prova.witness", KEY.private, 1_780_000_000),
    )(content)


_APPLICATION = enrolment_pb2.Application(
    network=NETWORK,
    member="parrocchia",
    name="Parrocchia di Esempio",
    kind="parish",
    fiscal_code="80012345678",
    act="decreto",
    act_protocol="PG/1",
    act_expiry="2027-12-31",
    territory=["015146"],
    facets=["food_parcel"],
    purposes=["aid_overlap"],
    referent="Anna Fittizi",
    contact="aiuto@example.org",
    identity_key=KEY.public,
    log_key=KEY.public,
).SerializeToString()
_DETAIL = ErrorDetail(code=Code.BUDGET_OPERATOR.value, params={"limit": "30"}).SerializeToString()


def decoders(folder: Path) -> tuple[Decoder, ...]:
    """Return them; none writes anything."""
    del folder
    return _DECODERS


_DECODERS = (
    Decoder("question", [MADE["question"]], decode_question),
    Decoder("bound question", [MADE["bound_question"]], decode_bound),
    Decoder("answer", [MADE["answer"], MADE["promise"], MADE["refusal"]], decode_answer),
    Decoder("receipt", [MADE["receipt"]], decode_receipt),
    Decoder("referral", [MADE["referral"], MADE["referral_step"]], decode_referral),
    Decoder("referral's answer", [MADE["referral_answer"]], decode_referral_answer),
    Decoder("entry", [MADE["entry"]], in_turn(decode_entry, sealed_part)),
    Decoder(
        "evidence",
        [MADE["question_evidence"], MADE["receipt_evidence"]],
        in_turn(
            signer_of,
            lambda kept: open_question(kept, NETWORK, KEY.public),
            lambda kept: open_receipt(kept, NETWORK, KEY.public),
        ),
    ),
    Decoder("envelope", [MADE["card"], MADE["envelope"]], _unsigned, share=300),
    Decoder("kept card", [MADE["card"]], relay_of),
    Decoder(
        "card",
        [seal_card(_CARD, KEY).payload],
        _signed(CARD, lambda card: open_card(card, NETWORK, "parrocchia", KEY.public)),
        share=300,
    ),
    Decoder("request for accesses", [encode_access_request(_REQUEST)], decode_access_request),
    Decoder(
        "page of accesses",
        [encode_page(bytes(32), 1, (ACCESS, ACCESS), LOG_READING)],
        lambda page: decode_page(page, bytes(32), 1),
    ),
    Decoder(
        "approval of names",
        [encode_approval(_APPROVAL)],
        _signed(
            NAMES_APPROVAL,
            lambda kept: open_stored_approval(kept.SerializeToString(), NETWORK, _OFFICE, TODAY),
        ),
        share=300,
    ),
    Decoder(
        "answering report",
        [seal_report(NETWORK, "comune", TODAY, _COUNTS, KEY).payload],
        _signed(ANSWERING, lambda report: open_report(report, NETWORK, "comune", KEY.public)),
        share=300,
    ),
    Decoder(
        "auditor's reading",
        [_READING.SerializeToString()],
        _signed(READING, lambda said: open_reading(said, NETWORK, _AUDITOR, "parrocchia", 100)),
        share=300,
    ),
    Decoder("application", [_APPLICATION], read_payload),
    Decoder("head of a log", [_NOTE, _NOTE + cosign(_NOTE, "prova.witness", KEY.private, 1)], _note, share=200),
    Decoder("pseudonyms", [part_message(_PART).SerializeToString()], _part, share=100),
    Decoder("error", [_DETAIL], _error),
    Decoder(
        "first bytes at a relay",
        [client_hello(server_name("parrocchia", NETWORK))],
        _hello,
        share=100,
        refusals=(NotTlsError,),
    ),
    Decoder("any message", [MADE["question"], MADE["envelope"], _APPLICATION], _any_message),
)
