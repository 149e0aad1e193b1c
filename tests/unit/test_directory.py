"""The officers' signed files: they read back, and what is not one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from maglia.core.directory import (
    Directory,
    Official,
    decode_directory,
    decode_suspensions,
    encode_directory,
    encode_suspensions,
    join_suspensions,
)
from maglia.core.errors import Code
from maglia.core.evaluation_keys import decode_keys, encode_keys
from maglia.core.vocabulary import Facet, MemberState, NetworkRole, PseudonymClass
from tests.peer_world import COMUNE, OTHER, PARISH, Body, evaluation_keys, refused

FOOD = Body("mensa", facets=frozenset({Facet.CANTEEN}))
MEMBERS = {body.id: body.member for body in (COMUNE, PARISH, OTHER, FOOD)}
SARA = Official("sara", "Sara Verdi", NetworkRole.AUDITOR, b"s" * 32, b"a certificate", "PG/2026/7", "2026-12-31")
DARIO = Official("dario", "Dario Neri", NetworkRole.DPO, b"d" * 32, b"another one", "PG/2026/8", "2027-12-31")
DIRECTORY = Directory("prova", 7, 2, b"w" * 32, MEMBERS, officials={"dario": DARIO, "sara": SARA})
KEYS = evaluation_keys(("caritas", "comune", "parrocchia"), 2)

Change = Callable[[dict[str, Any]], object]


def changed(content: bytes, change: Change) -> bytes:
    document = json.loads(content)
    change(document)
    return json.dumps(document).encode()


def test_what_is_signed_reads_back() -> None:
    assert decode_directory(encode_directory(DIRECTORY)) == DIRECTORY
    assert encode_directory(decode_directory(encode_directory(DIRECTORY))) == encode_directory(DIRECTORY)
    assert decode_keys(encode_keys(KEYS)) == KEYS
    assert decode_suspensions(encode_suspensions({"b": 2, "a": 1})) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="maglia.directory/2"),
        lambda d: d.pop("members"),
        lambda d: d.pop("epoch"),
        lambda d: d.update(witness_key="00"),
        lambda d: d.update(members=None),
        lambda d: d["members"].append("x"),
        lambda d: d.update(officials=None),
        lambda d: d["officials"].append("x"),
        lambda d: d["officials"].append(d["officials"][0]),
        lambda d: d["officials"].append({**d["officials"][0], "id": "twin", "certificate": "00"}),
        lambda d: d["officials"].append({**d["officials"][0], "id": "twin", "identity_key": "00" * 32}),
        lambda d: d["officials"][0].update(id="comune"),
        lambda d: d["officials"][0].update(identity_key=d["members"][0]["identity_key"]),
        lambda d: d["officials"][0].update(role="accreditation_officer"),
        lambda d: d["officials"][0].update(role="auditors"),
        lambda d: d["officials"][0].update(certificate="zz"),
        lambda d: d["officials"][0].update(identity_key="00"),
        lambda d: d["officials"][0].update(act_expiry="31/12/2026"),
        lambda d: d["officials"][0].update(act_expiry=20261231),
        lambda d: d["officials"][0].pop("act_expiry"),
        lambda d: d["officials"][0].pop("name"),
        lambda d: d["members"].append(d["members"][0]),
        lambda d: d["members"].append({**d["members"][0], "id": "twin"}),
        lambda d: d["members"][0].pop("identity_key"),
        lambda d: d["members"][0].update(identity_key="zz"),
        lambda d: d["members"][0].update(log_key=""),
        lambda d: d["members"][0].update(kind="bank"),
        lambda d: d["members"][0].update(facets=["health_therapy"]),
        lambda d: d["members"][0].update(facets="gas"),
        lambda d: d["members"][0].update(purposes=["curiosity"]),
        lambda d: d["members"][0].update(state="ACTIVE"),
        lambda d: d["members"][0].update(reinstated=-1),
        lambda d: d["members"][0].update(reinstated="2"),
        lambda d: d.update(log_key="00"),
    ],
)
def test_a_directory_that_is_not_whole_is_refused(change: Change) -> None:
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_directory(changed(encode_directory(DIRECTORY), change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="x"),
        lambda d: d.update(keys={}) or d.pop("keys"),
        lambda d: d["keys"][0].update({"class": "household"}),
        lambda d: d["keys"][0]["shares"].pop(),
        lambda d: d["keys"][0]["shares"].append("00" * 32),
        lambda d: d["keys"][0].update(shares=["00"] * 3),
        lambda d: d["keys"][0].update(member=5),
    ],
)
def test_keys_that_are_not_whole_are_refused(change: Change) -> None:
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_keys(changed(encode_keys(KEYS), change))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"\xff", b'{"schema": 1}', b'"x"'])
def test_bytes_that_are_no_file_are_refused(content: bytes) -> None:
    for decode in (decode_directory, decode_keys, decode_suspensions):
        with refused(Code.DIRECTORY_UNTRUSTED):
            decode(content)


def test_only_active_members_are_members_to_ask() -> None:
    assert DIRECTORY.member(PARISH.id).id == PARISH.id
    for state in MemberState:
        members = MEMBERS | {PARISH.id: replace(PARISH.member, state=state)}
        directory = replace(DIRECTORY, members=members)
        if state is MemberState.ACTIVE:
            assert directory.member(PARISH.id).is_active
            continue
        with refused(Code.MEMBER_INACTIVE):
            directory.member(PARISH.id)
        asked = [member.id for member in directory.asked_about(Facet.RENT_ARREARS, COMUNE.id)]
        assert (PARISH.id in asked) is (state is MemberState.SUSPENDED)
    with refused(Code.MEMBER_UNKNOWN):
        DIRECTORY.member("nobody")


def test_whom_a_question_concerns() -> None:
    assert [each.id for each in DIRECTORY.asked_about(Facet.RENT_DEPOSIT, COMUNE.id)] == [OTHER.id, PARISH.id]
    assert [each.id for each in DIRECTORY.asked_about(Facet.FOOD_PARCEL, COMUNE.id)] == [FOOD.id]
    assert DIRECTORY.asked_about(Facet.SCHOOL, COMUNE.id) == []


def test_suspensions_only_subtract() -> None:
    less = DIRECTORY.without({PARISH.id: 1, "nobody": 1})
    assert [each.id for each in less.active()] == [OTHER.id, COMUNE.id, FOOD.id]
    assert set(less.members) == set(MEMBERS)
    assert DIRECTORY.member(PARISH.id).is_active
    revoked = replace(DIRECTORY, members={PARISH.id: replace(PARISH.member, state=MemberState.REVOKED)})
    assert revoked.without({}).active() == []


def test_two_officers_end_a_suspension_and_none_later() -> None:
    again = replace(PARISH.member, reinstated=2)
    directory = replace(DIRECTORY, members=MEMBERS | {PARISH.id: again})
    assert decode_directory(encode_directory(directory)) == directory
    for number, is_active in ((1, True), (2, True), (3, False)):
        assert directory.without({PARISH.id: number}).members[PARISH.id].is_active is is_active


def test_a_shorter_list_ends_no_suspension() -> None:
    heard = join_suspensions({}, {"a": 1, "b": 2})
    for later in ({}, {"a": 1}, {"b": 1}):
        assert join_suspensions(heard, later) == heard
    assert join_suspensions(heard, {"b": 3, "c": 1}) == {"a": 1, "b": 3, "c": 1}


@pytest.mark.parametrize("serials", [{"parrocchia": "1"}, {"parrocchia": True}, {"parrocchia": -1}, [], None])
def test_suspensions_without_a_number_are_refused(serials: object) -> None:
    content = changed(encode_suspensions({"parrocchia": 1}), lambda d: d.update(serials=serials))
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_suspensions(content)


def test_suspensions_of_an_earlier_format_count_as_the_first() -> None:
    content = changed(encode_suspensions({"parrocchia": 1}), lambda d: d.pop("serials"))
    assert decode_suspensions(content) == {"parrocchia": 1}


def test_key_sets_are_of_everybody_or_of_oneself() -> None:
    assert KEYS.network_set(PseudonymClass.PERSON).members == ("caritas", "comune", "parrocchia")
    assert KEYS.own_set(PseudonymClass.NEED, "comune").members == ("comune",)
    digests = {KEYS.network_set(cls).digest for cls in PseudonymClass}
    assert len(digests | {KEYS.own_set(PseudonymClass.PERSON, "comune").digest}) == 3
    with refused(Code.PSEUDONYM_KEY_SET):
        KEYS.own_set(PseudonymClass.PERSON, "nobody")


@pytest.mark.parametrize("members", ["parrocchia", {"parrocchia": 1}, [1], None])
def test_suspensions_that_name_nobody_are_refused(members: object) -> None:
    content = changed(encode_suspensions({"parrocchia": 1}), lambda d: d.update(members=members))
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_suspensions(content)


def test_an_official_is_known_by_the_exact_certificate_until_the_acts_last_day() -> None:
    last = date(2026, 12, 31)
    assert DIRECTORY.official(b"a certificate", last) == SARA
    assert DIRECTORY.official(b"a certificate", last + timedelta(days=1)) is None
    assert DIRECTORY.official(b"a certificat", last) is None
    assert DIRECTORY.without({"sara": 1}).official(b"a certificate", last) is None
    assert DIRECTORY.without({"sara": 1}).officials == {"dario": DARIO}


def test_a_directory_from_before_officials_has_none() -> None:
    former = changed(encode_directory(DIRECTORY), lambda d: d.pop("officials"))
    assert decode_directory(former).officials == {}
