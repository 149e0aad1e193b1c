"""The life of a member: the table of states, applications, cards, budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card
from maglia.core.vocabulary import Facet, Kind, MemberState, Purpose
from maglia.wire.certificates import make_certificate
from registry.domain.application import Application, check_application, missing_documents
from registry.domain.budget import Limits, Use, check_answer_size
from registry.domain.card import check_card
from registry.domain.membership import TRANSITIONS, Act, next_state

TODAY = date(2026, 11, 21)
NOW = 1_795_000_000
ONLUS = Application(
    network="prova",
    member="onlus-ponte",
    name="Onlus Ponte",
    kind=Kind.ONLUS,
    ipa_code="",
    runts_number="900001",
    runts_section="altri ETS",
    ecclesiastical_recognition="",
    fiscal_code="90000000001",
    act="Determina fittizia",
    act_protocol="PG/2026/1",
    act_expiry="2027-11-21",
    territory=("999001",),
    facets=frozenset({Facet.FOOD_PARCEL}),
    purposes=frozenset({Purpose.AID_OVERLAP}),
    referent="Marta Fittizi",
    contact="referente@example.org",
    identity_key=bytes([1]) * 32,
    log_key=bytes([2]) * 32,
)


def test_a_life_goes_from_application_to_revocation() -> None:
    state: MemberState | None = None
    seen = []
    for act in (Act.APPLY_INCOMPLETE, Act.APPLY, Act.APPROVE, Act.ACTIVATE, Act.SUSPEND, Act.REINSTATE, Act.REVOKE):
        state = next_state(state, act)
        seen.append(state.value)
    assert seen == ["documents_missing", "applied", "approved", "active", "suspended", "active", "revoked"]


@pytest.mark.parametrize("act", list(Act))
def test_nothing_leaves_revocation(act: Act) -> None:
    with pytest.raises(MagliaError) as refused:
        next_state(MemberState.REVOKED, act)
    assert refused.value.code is Code.MEMBER_STATE


def test_only_complete_applications_are_approved_and_only_approved_bodies_activated() -> None:
    assert [before for before, act in TRANSITIONS if act is Act.APPROVE] == [MemberState.APPLIED]
    assert [before for before, act in TRANSITIONS if act is Act.ACTIVATE] == [MemberState.APPROVED]


def test_every_state_is_reached_from_nothing() -> None:
    reached: set[MemberState | None] = {None}
    for _ in MemberState:
        reached |= {after for (before, _), after in TRANSITIONS.items() if before in reached}
    assert reached - {None} == set(MemberState)


def test_a_complete_application_is_accepted() -> None:
    application = replace(ONLUS, fiscal_code=_fiscal_code("9000000000"))
    check_application(application, "prova", TODAY)
    assert missing_documents(application) == []


def test_an_act_that_has_ended_is_refused() -> None:
    ended = replace(ONLUS, fiscal_code=_fiscal_code("9000000000"), act_expiry="2026-11-20")
    with pytest.raises(MagliaError) as refused:
        check_application(ended, "prova", TODAY)
    assert refused.value.code is Code.MEMBER_ACT_EXPIRED


def _fiscal_code(first_10: str) -> str:
    digits = (f"{first_10}{last}" for last in range(10))
    return next(code for code in digits if _is_accepted(replace(ONLUS, fiscal_code=code)))


def _is_accepted(application: Application) -> bool:
    try:
        check_application(application, "prova", TODAY)
    except MagliaError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "without", "missing"),
    [
        (Kind.COMUNE, {}, ["ipa_code"]),
        (Kind.PARISH, {}, ["ecclesiastical_recognition"]),
        (Kind.ONLUS, {"runts_number": ""}, []),
        (Kind.ONLUS, {"runts_number": "", "act": ""}, ["runts_number", "act"]),
        (Kind.ODV, {"act_protocol": "", "act_expiry": ""}, ["act_protocol", "act_expiry"]),
        (Kind.ODV, {"fiscal_code": "", "referent": ""}, ["fiscal_code", "referent"]),
    ],
)
def test_missing_documents_are_named(kind: Kind, without: dict[str, str], missing: list[str]) -> None:
    assert missing_documents(replace(ONLUS, kind=kind, **without)) == missing  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("network", "altra"),
        ("name", ""),
        ("name", "Onlus\x1b[2J"),
        ("referent", "x" * 201),
        ("territory", ("99900",)),
        ("facets", frozenset()),
        ("purposes", frozenset()),
        ("identity_key", b"short"),
        ("log_key", bytes([1]) * 32),
        ("fiscal_code", "90000000002"),
        ("fiscal_code", "9000000000"),
        ("fiscal_code", "RSSXQZ80A01H501U"),
        ("act_expiry", "21/11/2027"),
    ],
)
def test_what_no_document_mends_is_refused(field: str, value: object) -> None:
    good = replace(ONLUS, fiscal_code=_fiscal_code("9000000000"))
    with pytest.raises(MagliaError) as refused:
        check_application(replace(good, **{field: value}), "prova", TODAY)  # type: ignore[arg-type]
    assert refused.value.code is Code.MEMBER_APPLICATION
    assert refused.value.params["field"] == field


def test_an_id_that_is_no_id_is_refused() -> None:
    with pytest.raises(MagliaError) as refused:
        check_application(replace(ONLUS, member="registry"), "prova", TODAY)
    assert refused.value.code is Code.INPUT_FIELD


def _card(party: str = "onlus-ponte", lifetime_s: int = 86_400) -> Card:
    certificate = make_certificate(party, "prova", lifetime_s, NOW)
    return Card("prova", "onlus-ponte", 1, certificate.der, "nodo.example:7001", NOW, NOW + lifetime_s)


def test_a_card_with_the_members_own_certificate_is_accepted() -> None:
    check_card(_card(), NOW)


def test_a_card_may_name_the_relay_that_its_address_is_of() -> None:
    check_card(replace(_card(), endpoint="relay.example:443", relay="comune-est"), NOW)


@pytest.mark.parametrize(
    ("card", "now"),
    [
        (_card("onlus-altra"), NOW),
        (_card(), NOW + 86_400),
        (_card(lifetime_s=100 * 86_400), NOW),
        (replace(_card(), not_after=NOW + 86_401), NOW),
        (replace(_card(), certificate=b"none"), NOW),
        (replace(_card(), endpoint="nodo.example"), NOW),
        (replace(_card(), endpoint=":7001"), NOW),
        (replace(_card(), endpoint="nodo.example:70010"), NOW),
        (replace(_card(), relay="Comune\nEst"), NOW),
    ],
    ids=["stranger", "expired", "too long", "outlives", "unreadable", "no port", "no host", "port", "relay"],
)
def test_other_cards_are_refused(card: Card, now: float) -> None:
    with pytest.raises(MagliaError) as refused:
        check_card(card, now)
    assert refused.value.code is Code.MEMBER_CARD


def test_each_use_has_its_limit() -> None:
    limits = Limits(checks=10, enrolments=20)
    assert (limits.of(Use.CHECK), limits.of(Use.ENROLMENT)) == (10, 20)


def test_answers_fit_a_message() -> None:
    check_answer_size(768, 8)
    for elements, keys in ((0, 8), (769, 8), (1, 6145)):
        with pytest.raises(MagliaError) as refused:
            check_answer_size(elements, keys)
        assert refused.value.code is Code.PSEUDONYM_BATCH
