"""The policy data say the same as the vocabulary, code for code; the rules are documented one by one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from maglia.core.errors import Code
from maglia.core.vocabulary import (
    CONSENT_DAYS,
    FAMILY,
    MAX_MONTHS,
    PUBLIC_KINDS,
    PURPOSE_KINDS,
    SPECIAL_PREFIXES,
    AidStatus,
    Basis,
    Facet,
    Family,
    Kind,
    Level,
    Purpose,
    Role,
)

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
    assert fields["presence"] == ["facet", "month", "amount_band", "kind", "status"]
    assert fields["detail"] == [*fields["presence"], "date", "amount", "body", "contact", "objection"]


def test_limits() -> None:
    limits = data("limits")
    assert limits["months"] == MAX_MONTHS
    assert limits["consent_days"] == CONSENT_DAYS
    assert set(limits["statuses"]) == {AidStatus.RESERVED, AidStatus.GIVEN}


def test_every_reason_is_a_code_of_the_catalog() -> None:
    codes = {code for source in SOURCES for code in re.findall(r'"((?:policy|consent)\.[a-z_]+)"', source.read_text())}
    assert codes <= set(Code)
    assert len(codes) == 7


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_rule_has_a_title_and_a_description(source: Path) -> None:
    text = source.read_text()
    heads = re.findall(
        r"^(?:default )?([a-z_]+)(?:[\s(.\[])", re.sub(r"^#.*$", "", text, flags=re.MULTILINE), re.MULTILINE
    )
    rules = set(heads) - {"package", "import"}
    documented = re.findall(
        r"^# METADATA\n# title: .+\n# description: [^\n]+\n(?:#.*\n)*(?:default )?([a-z_]+)", text, re.MULTILINE
    )
    assert rules
    assert rules <= set(documented)
