"""The policy data say the same as the vocabulary, code for code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest

from maglia.core.absence import absence_days
from maglia.core.bundle import build_bundle
from maglia.core.directory import Member, Official
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import officer_key_id
from maglia.core.vocabulary import (
    CONSENT_DAYS,
    FAMILY,
    LOG_MONTHS,
    MAX_MONTHS,
    PUBLIC_KINDS,
    PURPOSE_KINDS,
    RECEIVED_FINDINGS_DAYS,
    SPECIAL_PREFIXES,
    AidStatus,
    Basis,
    Facet,
    Family,
    Kind,
    Level,
    NetworkRole,
    Purpose,
    Role,
)
from maglia.wire.chain import Caller, Rule
from maglia.wire.sessions import Sessions
from node.domain.retention import keep_until, months_after
from node.rpc.rules import OPERATOR_ROLES, FrontRules, PeerRules
from registry.ports import Person
from registry.rpc.chain import front_rules, peer_rules
from registry.trust import Trust
from tests.peer_world import PARISH

POLICIES = Path(__file__).parents[2] / "policies"
GROUPS = {"public", "third_sector"}
SOURCES = sorted(path for path in POLICIES.rglob("*.rego") if not path.stem.endswith("_test"))


def data(name: str) -> Any:
    return json.loads((POLICIES / "maglia" / name / "data.json").read_text())


def test_kinds_of_body() -> None:
    assert data("kinds") == {kind: {"group": "public" if kind in PUBLIC_KINDS else "third_sector"} for kind in Kind}


def test_facets_and_families() -> None:
    assert data("facets") == {facet: {"family": FAMILY[facet], "shareable": True} for facet in Facet}
    assert data("special")["prefixes"] == list(SPECIAL_PREFIXES)


def test_purposes_use_codes_of_the_vocabulary_only() -> None:
    purposes = data("purposes")
    assert set(purposes) == set(Purpose)
    for purpose in purposes.values():
        assert set(purpose["kinds"]) <= set(Kind)
        assert set(purpose["roles"]) <= set(Role) - {Role.NODE_ADMIN}
        assert set(purpose["families"]) <= set(Family)
        assert set(purpose["bases"]) <= GROUPS
        for bases in purpose["bases"].values():
            assert set(bases) <= set(Basis) - {Basis.NONE}
            assert all(set(proofs) <= {"case", "procedure", "consent"} for proofs in bases.values())


@pytest.mark.parametrize(
    ("purpose", "kinds"),
    [
        ("aid_overlap", set(Kind)),
        ("rent_subsidy", {"comune", "social_district"}),
        ("utility_subsidy", {"comune", "social_district"}),
        ("call_for_applicants", {"comune", "social_district"}),
        ("referral", set(Kind)),
        ("access_report", set()),
        ("audit", set()),
    ],
)
def test_which_bodies_have_a_purpose(purpose: str, kinds: set[str]) -> None:
    assert set(data("purposes")[purpose]["kinds"]) == kinds
    assert kinds <= PURPOSE_KINDS[Purpose(purpose)]


def test_levels_name_known_codes_and_every_purpose_that_may_be_asked() -> None:
    levels, purposes = data("levels"), data("purposes")
    assert set(levels) == GROUPS
    for asker, by_purpose in levels.items():
        assert set(by_purpose) == {name for name, purpose in purposes.items() if asker in purpose["bases"]}
        for by_responder in by_purpose.values():
            assert set(by_responder) == GROUPS
            for by_facet in by_responder.values():
                assert set(by_facet) <= {"*", *Facet}
                assert set(by_facet.values()) <= set(Level)


def test_fields_grow_with_the_level_and_hide_the_giver_below_detail() -> None:
    fields = data("fields")
    assert set(fields) == set(Level)
    assert fields["nothing"] == []
    assert fields["presence"] == ["facet", "month", "amount_band", "kind", "status", "reserved"]
    assert fields["detail"] == [*fields["presence"], "date", "amount", "body", "contact", "objection", "owed"]


def test_limits() -> None:
    limits = data("limits")
    assert limits["months"] == MAX_MONTHS
    assert limits["consent_days"] == CONSENT_DAYS
    assert set(limits["statuses"]) == {AidStatus.RESERVED, AidStatus.GIVEN}


def test_how_long_a_body_may_be_absent_is_read_from_the_bundle_alone() -> None:
    assert data("absence") == {"days": 14}
    bundle, _ = build_bundle(POLICIES)
    assert absence_days(bundle) == 14
    assert absence_days(b"") == absence_days(bundle[:-9]) == 0


def test_terms_are_the_programs_own() -> None:
    [(holder, terms)] = data("terms").items()
    day = date(2024, 1, 31)
    months = {facet: term["months"] for facet, term in terms["aid"].items()}
    assert (holder, set(months)) == ("node", set(Facet))
    assert all(months_after(day, months[facet]) == keep_until(facet, day) for facet in Facet)
    assert keep_until("health_therapy", day) == months_after(day, terms["other_aid"]["months"])
    assert terms["log"] == {"months": LOG_MONTHS}
    assert terms["finding"] == {"days": RECEIVED_FINDINGS_DAYS}


def test_an_access_report_discloses_what_the_law_lists() -> None:
    disclosure = data("disclosure")
    assert disclosure["approver"] == NetworkRole.DPO
    assert disclosure["months_to_answer"] == 1
    assert disclosure["always"] == ["body", "time", "purpose", "categories"]
    assert disclosure["approved"] == ["operator"]


def short(method: str) -> str:
    """Return a method as the policies name it: `Service/Method`."""
    return method.removeprefix("/maglia.v1.").removeprefix("/grpc.health.v1.")


def test_a_nodes_front_door_in_the_data_is_the_programs_table() -> None:
    front = data("doors")["node_front"]
    granted = {method: set(front.pop(method)) for method in OPERATOR_ROLES}
    assert granted == {method: set(roles) for method, roles in OPERATOR_ROLES.items()}
    enrolling = [f"DeviceService/{method}" for method in ("GetChallenge", "BeginEnrolment", "ConfirmEnrolment")]
    assert front == {method: ["anybody"] for method in ("OperatorService/LoginOperator", "Health/Check", *enrolling)}
    table = FrontRules(Sessions(900), "local", lambda *_: None, lambda *_: None).table()
    assert {short(method) for method in table} == set(data("doors")["node_front"])


PEERS = [NetworkRole.AUDITOR.value, NetworkRole.DPO.value, "member"]
"""Who is known at a peer port, each by a certificate that is its name."""


def find_official(certificate: bytes) -> Official | None:
    name = certificate.decode()
    return None if name not in PEERS[:2] else Official(name, name, NetworkRole(name), b"", certificate, "PG/1", "")


def find_member(certificate: bytes) -> Member:
    if certificate != b"member":
        raise MagliaError(Code.MEMBER_CARD)
    return PARISH.member


def admitted_at(table: Mapping[str, Rule]) -> dict[str, list[str]]:
    """Return who is admitted to each call of a peer port, as the policies name them."""
    by_call = {}
    for method, rule in table.items():
        named = [who for who in PEERS if admits(rule, Caller(who.encode(), ""))]
        by_call[short(method)] = ["anybody"] if admits(rule, Caller(b"?", "")) else named
    return by_call


def test_a_nodes_peer_door_in_the_data_is_the_programs_table() -> None:
    table = PeerRules(find_member, find_official, lambda *_: None).table()
    assert data("doors")["node_peer"] == admitted_at(table)


def admits(rule: Rule, caller: Caller) -> bool:
    try:
        rule(caller)
    except MagliaError:
        return False
    return True


def test_the_registrys_front_door_in_the_data_is_what_its_table_admits() -> None:
    sessions, key = Sessions[Person](900), b"k" * 32
    table = front_rules(sessions, lambda: frozenset({officer_key_id(key)}))
    callers = {role.value: Caller(None, sessions.open(Person(role, role, role, key))) for role in NetworkRole}
    admitted = {}
    for method, rule in table.items():
        named = [role for role, caller in callers.items() if admits(rule, caller)]
        admitted[short(method)] = ["anybody"] if admits(rule, Caller(None, "")) else named
    assert data("doors")["registry_front"] == admitted


def test_the_registrys_peer_door_in_the_data_is_what_its_table_admits() -> None:
    trust = create_autospec(Trust)
    trust.member_of.side_effect = find_member
    trust.official_of.side_effect = find_official
    assert data("doors")["registry_peer"] == admitted_at(peer_rules(trust))


def test_every_reason_is_a_code_of_the_catalog() -> None:
    reason = re.compile(r'"((?:policy|consent|session)\.[a-z_]+)"')
    codes = {code for source in SOURCES for code in reason.findall(source.read_text())}
    assert codes <= set(Code)
    assert len(codes) == 10
