"""Stolen databases with their logs: no match offline, no join by pseudonym, question id, hash, order or row id."""

from __future__ import annotations

import asyncio
import math
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product
from pathlib import Path

import pytest

from maglia.core import oprf
from maglia.core.entry import Entry, EntryKind
from maglia.core.exchange import (
    SALT_BYTES,
    Answer,
    Finding,
    Question,
    Subject,
    creditor_tag,
    sha256,
)
from maglia.core.merkle import EMPTY_ROOT
from maglia.core.pseudonym import ALL_SHARES
from maglia.core.vocabulary import (
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
from maglia.v1.envelope_pb2 import Envelope
from maglia.v1.pseudonyms_pb2 import EvaluateRequest
from maglia.wire.exchange import encode_answer, encode_question
from tests.clerk import fictional_code, open_store, person, record
from tests.integration.registry_world import PASSPHRASE
from tests.integration.registry_world import PASSWORD as OFFICER_PASSWORD
from tests.security.booty import ASKED, CLIENTS, CREDITOR, GIVEN, MEMBERS, PASSWORD, STRANGER, Booty, plunder
from tests.security.judge import Judge
from tests.security.thief import marks, rank_correlation, recognised, rows, windows

PAIRS = list(combinations(MEMBERS, 2))
LIST = [person(number).pseudonym_input() for number in range(2_000)]
"""The list of all codes, as far as fiction goes."""
QUESTIONS = {f"log_entry.{name}" for name in ("question_id", "question_hash", "answer_hash", "peer_entry", "leaf_hash")}
"""What asker and answerer both log about one question, so that an auditor can compare them; it names no person."""
EVIDENCE = {
    f"log_evidence.{name}" for name in ("question_id", "body_hash", "answer_hash", "asker_entry", "answerer_entry")
}
"""The same, once more, as the other side signed it. Its signature and the stream's challenge stand on one side only."""

PUBLIC = {"pseudonym_cache.key_set"}
"""The digest of all members' public keys."""


@pytest.fixture(scope="module")
def booty(tmp_path_factory: pytest.TempPathFactory) -> Booty:
    return asyncio.run(plunder(tmp_path_factory.mktemp("network")))


@pytest.fixture(scope="module")
def judges(booty: Booty) -> dict[str, Judge]:
    return {member: Judge(booty.database(member), booty.keys(member)) for member in MEMBERS}


@pytest.fixture(scope="module")
def marked(booty: Booty) -> dict[str, dict[bytes, set[str]]]:
    return {member: marks(booty.database(member)) for member in MEMBERS}


def test_the_booty_is_worth_stealing(judges: dict[str, Judge]) -> None:
    clients = {f"cf:{code}" for code in CLIENTS}
    for judge in judges.values():
        assert set(judge.pseudonyms.values()) == clients
    answered = [entry for entry in judges["gamma"].entries if entry.kind is EntryKind.ANSWERED]
    assert len(answered) == sum(len(codes) for codes in ASKED.values()) + 2
    assert {judges["gamma"].person_of(entry) for entry in answered} - {""} == {f"cf:{code}" for code in CLIENTS[:12]}


def test_the_list_of_all_codes_matches_nothing(judges: dict[str, Judge]) -> None:
    assert recognised(b"\0".join(judge.raw for judge in judges.values()), LIST) == set()


def test_the_thief_does_match_a_database_under_a_key_that_can_be_guessed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "node.db", key=bytes(32))
    for number in range(3):
        store.add_record(record(person(number)), "anna")
    store.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert recognised(raw, LIST[:50]) == set(LIST[:3])


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_two_databases_share_nothing_but_their_own_questions(
    marked: dict[str, dict[bytes, set[str]]], judges: dict[str, Judge], one: str, other: str
) -> None:
    # Every log's first checkpoint has the root of the empty tree.
    shared = set(marked[one]) & set(marked[other]) - windows(EMPTY_ROOT)
    assert set().union(*(marked[one][mark] | marked[other][mark] for mark in shared)) <= QUESTIONS | EVIDENCE | PUBLIC
    ids = {entry.question_id for entry in judges[one].entries if entry.peer == other and entry.question_id}
    assert {mark for mark in shared if "log_entry.question_id" in marked[one][mark]} == ids
    assert bool(ids) == (one in ASKED or other in ASKED)


def test_two_bodies_asked_by_a_third_share_nothing_of_it(judges: dict[str, Judge]) -> None:
    beta, gamma = (
        {
            mark
            for entry in judges[member].entries
            if entry.kind is EntryKind.ANSWERED and entry.peer == "alfa"
            for mark in (entry.question_id, entry.question_hash, entry.answer_hash, entry.peer_entry, entry.sealed)
        }
        for member in ("beta", "gamma")
    )
    assert len(beta) == len(gamma) == 5 * (len(ASKED["alfa"]) + 2)
    assert not beta & gamma
    signed = {member: _signed_by(judges[member], "alfa") for member in ("beta", "gamma")}
    assert not set[bytes]().union(*signed["beta"]) & set[bytes]().union(*signed["gamma"])
    assert len(signed["beta"]) == len(signed["gamma"]) == len(ASKED["alfa"]) + 2


def _signed_by(judge: Judge, asker: str) -> list[set[bytes]]:
    """Return, for each question of a body, every run of bytes that it signed and the signature, but for names."""
    held = [entry for entry in judge.entries if (entry.kind, entry.peer) == (EntryKind.ANSWERED, asker)]
    envelopes = [Envelope.FromString(entry.evidence) for entry in held]
    signed = [pb.BoundQuestion.FromString(envelope.payload) for envelope in envelopes]
    return [
        set().union(*(windows(part) for part in (envelope.signature, one.body_hash, one.asker_entry, one.challenge)))
        for envelope, one in zip(envelopes, signed, strict=True)
    ]


@pytest.mark.parametrize("member", MEMBERS)
def test_nothing_leads_from_a_logged_question_to_a_row_about_a_person(
    marked: dict[str, dict[bytes, set[str]]], member: str
) -> None:
    for places in marked[member].values():
        assert len({place.startswith("log_") for place in places}) == 1, places


@pytest.mark.parametrize("member", ASKED)
def test_a_cached_pseudonym_does_not_say_whose_it_is(booty: Booty, judges: dict[str, Judge], member: str) -> None:
    cells = list(rows(booty.database(member)))
    known = {value for table, column, _, value in cells if (table, column) == ("person", "code_index")}
    cached = {value for table, column, _, value in cells if (table, column) == ("pseudonym_cache", "subject_index")}
    assert len(cached) == len(ASKED[member]), "own clients, and not the stranger"
    assert not cached & known
    for other in set(MEMBERS) - {member}:
        assert not any(pseudonym in judges[member].raw for pseudonym in judges[other].pseudonyms)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_order_of_rows_aligns_two_bodies_or_the_list(judges: dict[str, Judge], one: str, other: str) -> None:
    """All three imported the same file, sorted by code; by chance alone 0.7 is reached once in ten million times."""
    of_one, of_other = judges[one].orders(), judges[other].orders()
    assert all(len(set(order)) == len(CLIENTS) for order in (*of_one.values(), *of_other.values()))
    for (name, order), (other_name, other_order) in product(of_one.items(), of_other.items()):
        assert abs(rank_correlation(order, other_order)) < 0.7, (name, other_name)
    for name, order in (of_one | of_other).items():
        assert abs(rank_correlation(order, sorted(order))) < 0.7, name


def test_no_hash_in_a_log_confirms_a_guess(judges: dict[str, Judge]) -> None:
    tried = 0
    for asker, answerer in permutations(MEMBERS, 2):
        pseudonyms = list(judges[answerer].pseudonyms)[:20] + _of(judges[answerer], ASKED.get(asker, ()))
        held = [entry for entry in judges[answerer].entries if (entry.kind, entry.peer) == (EntryKind.ANSWERED, asker)]
        for entry in held:
            tried += 1
            assert not _question_guessed(entry, asker, answerer, pseudonyms)
            assert not _answer_guessed(entry, judges[answerer], answerer)
    assert tried == 2 * (len(ASKED["alfa"]) + len(ASKED["beta"]) + 2)


def test_the_thief_does_confirm_a_guess_about_what_has_no_salt(judges: dict[str, Judge]) -> None:
    pseudonyms = list(judges["gamma"].pseudonyms)
    entry = next(entry for entry in judges["gamma"].entries if entry.kind is EntryKind.ANSWERED)
    question = next(_questions(entry, "alfa", "gamma", [pseudonyms[40]]))
    assert _question_guessed(
        replace(entry, question_hash=sha256(encode_question(question))), "alfa", "gamma", pseudonyms
    ) == {pseudonyms[40]}
    answer = next(_answers(entry, judges["gamma"], "gamma"))
    assert _answer_guessed(replace(entry, answer_hash=sha256(encode_answer(answer))), judges["gamma"], "gamma")


def _of(judge: Judge, codes: tuple[str, ...]) -> list[bytes]:
    wanted = {f"cf:{code}" for code in codes}
    return [pseudonym for pseudonym, code in judge.pseudonyms.items() if code in wanted]


def _question_guessed(entry: Entry, asker: str, answerer: str, pseudonyms: list[bytes]) -> set[bytes]:
    """Return the pseudonyms of a stolen table for which the question's hash comes out right."""
    return {
        question.subjects[0].pseudonym
        for question in _questions(entry, asker, answerer, pseudonyms)
        if sha256(encode_question(question)) == entry.question_hash
    }


def _questions(entry: Entry, asker: str, answerer: str, pseudonyms: list[bytes]) -> Iterator[Question]:
    """Everything of a question but its subject stands in the log, or is one of few."""
    for pseudonym, salt in product(pseudonyms, (b"", bytes(SALT_BYTES), entry.question_id, entry.nonce)):
        yield Question(
            question_id=entry.question_id,
            asker=asker,
            addressee=answerer,
            purpose=Purpose(entry.purpose),
            facet=Facet(entry.facet),
            months=6,
            basis=Basis(entry.basis),
            has_case=False,
            procedure="",
            epoch=1,
            directory_version=entry.directory_version,
            subjects=(Subject(pseudonym, PseudonymClass.PERSON, creditor_tag(pseudonym, CREDITOR)),),
            salt=salt,
        )


def _answer_guessed(entry: Entry, judge: Judge, answerer: str) -> bool:
    return any(sha256(encode_answer(answer)) == entry.answer_hash for answer in _answers(entry, judge, answerer))


def _answers(entry: Entry, judge: Judge, answerer: str) -> Iterator[Answer]:
    """Return what the answer may have been: nothing, or the record that the stolen table shows in clear."""
    finding = Finding(Facet.RENT_ARREARS, f"{GIVEN:%Y-%m}", AmountBand.FROM_500, Kind.ODV, AidStatus.GIVEN)
    salts = (b"", bytes(SALT_BYTES), entry.question_id, entry.nonce)
    for found, checkpoint, salt in product(((), (finding,)), (b"", *judge.notes), salts):
        yield Answer(
            question_id=entry.question_id,
            answerer=answerer,
            coverage=Coverage.FULL,
            slots=(found,),
            policy_revision=entry.policy_revision,
            directory_version=entry.directory_version,
            checkpoint=checkpoint,
            salt=salt,
        )


def test_the_registry_never_sees_one_blinded_value_twice(booty: Booty) -> None:
    requests = [message for _, message in booty.messages if isinstance(message, EvaluateRequest)]
    elements = [element for request in requests for element in request.elements]
    checks = sum(len(codes) for codes in ASKED.values()) + 2
    assert len(elements) == len(MEMBERS) * len(CLIENTS) + checks
    assert len(set(elements)) == len(elements), "the stranger was asked about twice, and clients by two bodies"


def test_nothing_of_a_person_reaches_the_registry(booty: Booty, judges: dict[str, Judge]) -> None:
    sent = {message.SerializeToString() for _, message in booty.messages}
    stored = [path.read_bytes() for path in booty.registry.rglob("*") if path.is_file()]
    content = b"\0".join([*sent, *stored, *(line.encode() for line in booty.logged)])
    codes = [f"cf:{code}".encode() for code in (*CLIENTS, STRANGER)]
    assert recognised(content, codes) == set()
    for judge in judges.values():
        assert not any(pseudonym in content for pseudonym in judge.pseudonyms)
    assert not any(element in content for element in _unblinded(booty, codes))


def test_no_log_line_of_any_process_holds_a_code_or_a_secret(booty: Booty) -> None:
    told = "\n".join(booty.logged)
    assert "maglia.wire.chain" in told, "everything is logged, down to the smallest"
    keys = [booty.keys(member) for member in MEMBERS]
    bare = [value for one in keys for value in (one.identity.seed, one.field_key, one.budget_key, one.wrapping_key)]
    forms = [form for value in bare for form in (value.hex(), b64encode(value).decode(), repr(value)[2:-1])]
    for secret in (*CLIENTS, STRANGER, *booty.tokens, PASSWORD, PASSPHRASE, OFFICER_PASSWORD, CREDITOR, *forms):
        assert secret not in told


def _unblinded(booty: Booty, codes: list[bytes]) -> Iterator[bytes]:
    """What the registry's seeds make of each person, without a blind."""
    key_set = booty.settings.secrets.evaluator.newest().key_set("prova", PseudonymClass.PERSON, 1, MEMBERS)
    elements = [oprf.hash_to_group(code) for code in codes]
    yield from booty.settings.secrets.evaluator.evaluate(key_set, ALL_SHARES, elements).elements


def test_time_alone_joins_the_questions_of_one_check_and_no_persons(judges: dict[str, Judge]) -> None:
    """What docs/security/stolen.md says of timing, measured: `pytest -s -k time_alone tests/security`."""
    beta, gamma = (
        [entry for entry in judges[member].entries if (entry.kind, entry.peer) == (EntryKind.ANSWERED, "alfa")]
        for member in ("beta", "gamma")
    )
    truth = [
        (judges["beta"].person_of(one), judges["gamma"].person_of(two)) for one, two in zip(beta, gamma, strict=True)
    ]
    assert all(one == two for one, two in truth), "asked one after the other, they were answered in the same order"
    apart = sorted(abs(one.time_ms - two.time_ms) for one, two in zip(beta, gamma, strict=True))
    gaps = sorted(later.time_ms - sooner.time_ms for sooner, later in pairwise(beta))
    nearest = sum(
        min(gamma, key=lambda other: abs(other.time_ms - one.time_ms)).question_id == two.question_id
        for one, two in zip(beta, gamma, strict=True)
    )
    median = max(apart[len(apart) // 2], 1)
    lines = [
        f"two entries of one check: median {median} ms apart, at most {apart[-1]} ms",
        f"checks {gaps[len(gaps) // 2]} ms apart; nearest in time is right for {nearest} of {len(beta)}",
        *(
            f"at {rate} checks a second: {math.exp(-2 * median / 1000 * rate):.0%} by the nearest"
            for rate in (0.1, 1, 10)
        ),
    ]
    print("\n".join(lines))  # noqa: T201 - figures, for whoever asks for them


def test_the_codes_list_holds_everybody() -> None:
    assert {f"cf:{code}".encode() for code in (*CLIENTS, STRANGER)} <= set(LIST)
    assert fictional_code(0) in {code.decode()[3:] for code in LIST}
    assert math.isclose(rank_correlation(CLIENTS, CLIENTS), 1.0)
