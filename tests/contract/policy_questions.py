"""Input documents of the decisions: a few to start from, and the whole matrix of each."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import cycle, pairwise, product
from typing import Any

from maglia.core.vocabulary import SPECIAL_PREFIXES, Facet, Kind, NetworkRole, Purpose, Role

Document = dict[str, Any]

CONSENT = {"purposes": ["aid_overlap", "referral"], "notice_version": "2026-01", "language": "it", "age_days": 3}
BASES: dict[str, Document] = {
    "nothing": {"kind": "none", "case": False, "procedure": False, "consent": None},
    "a public task without proof": {"kind": "public_task", "case": False, "procedure": False, "consent": None},
    "a case": {"kind": "public_task", "case": True, "procedure": False, "consent": None},
    "a procedure": {"kind": "public_task", "case": False, "procedure": True, "consent": None},
    "a consent": {"kind": "consent", "case": False, "procedure": False, "consent": CONSENT},
    "an old consent": {"kind": "consent", "case": False, "procedure": False, "consent": {**CONSENT, "age_days": 800}},
}
ALL_FACETS = [facet.value for facet in Facet]
ALL_PURPOSES = [purpose.value for purpose in Purpose]

PARISH_ASKS: Document = {
    "asker": {"kind": "parish", "purposes": ["aid_overlap", "referral"], "facets": ["food_parcel", "electricity"]},
    "operator": {"role": "volunteer"},
    "query": {"purpose": "aid_overlap", "facet": "food_voucher", "months": 6, "basis": BASES["a consent"]},
    "day": "2026-11-21",
}
COMUNE_ASKS: Document = {
    "asker": {"kind": "comune", "purposes": ALL_PURPOSES, "facets": ALL_FACETS},
    "operator": {"role": "officer"},
    "query": {"purpose": "rent_subsidy", "facet": "rent_arrears", "months": 12, "basis": BASES["a case"]},
    "day": "2026-11-21",
}
RECORD: Document = {
    "id": "0",
    "facet": "food_parcel",
    "basis": "consent",
    "consent": "match",
    "objection": False,
    "visibility": "network",
    "status": "given",
    "age": "in_window",
}
PARISH_ASKED: Document = {
    "asker": {"kind": "parish", "purposes": ["aid_overlap"]},
    "query": {
        "purpose": "aid_overlap",
        "facet": "food_voucher",
        "months": 6,
        "basis": "consent",
        "case": False,
        "procedure": False,
    },
    "responder": {"kind": "onlus"},
    "classes": [RECORD],
    "day": "2026-11-21",
}
COMUNE_ASKED: Document = {
    "asker": {"kind": "comune", "purposes": ALL_PURPOSES},
    "query": {
        "purpose": "rent_subsidy",
        "facet": "rent_arrears",
        "months": 12,
        "basis": "public_task",
        "case": True,
        "procedure": False,
    },
    "responder": {"kind": "comune"},
    "classes": [{**RECORD, "facet": "rent_current", "basis": "public_task", "consent": "none"}],
    "day": "2026-11-21",
}


OPERATOR_CALLS: Document = {
    "door": "node_front",
    "callers": ["volunteer"],
    "classes": [{"id": "0", "method": "OperatorService/Check"}],
}


def changed(document: Document, **changes: object) -> Document:
    """Return a copy of `document`; `query__facet="gas"` sets that member, `class__X` one of the first class."""
    copied = copy.deepcopy(document)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = copied
        for parent in parents:
            place = place["classes"][0] if parent == "class" else place[parent]
        place[last] = value
    return copied


def ask_matrix() -> Iterator[Document]:
    """Yield kinds x purposes x bases, with roles, facets and months going round; unknown codes among them."""
    roles = cycle([*(role.value for role in Role), "stranger"])
    facets = cycle([*ALL_FACETS, "health_therapy", "lottery"])
    months = cycle([1, 6, 36, 37, 0, "6", 12])
    kinds, purposes = [*(kind.value for kind in Kind), "bank"], [*ALL_PURPOSES, "curiosity"]
    for kind, purpose, basis in product(kinds, purposes, BASES.values()):
        yield {
            "asker": {"kind": kind, "purposes": ALL_PURPOSES, "facets": ALL_FACETS},
            "operator": {"role": next(roles)},
            "query": {"purpose": purpose, "facet": next(facets), "months": next(months), "basis": basis},
            "day": "2026-11-21",
        }


def release_matrix() -> Iterator[Document]:
    """Yield askers x purposes x responders x bases, each over classes that differ from a shareable one in one way."""
    facets = cycle(ALL_FACETS)
    bases = [
        ("consent", False, False),
        ("public_task", True, False),
        ("public_task", False, True),
        ("none", False, False),
    ]
    askers, responders = ["comune", "health_agency", "parish", "bank"], ["comune", "parish", "odv", "bank"]
    for asker, purpose, responder, basis in product(askers, ALL_PURPOSES, responders, bases):
        facet = next(facets)
        yield {
            "asker": {"kind": asker, "purposes": ALL_PURPOSES},
            "query": {"purpose": purpose, "facet": facet, "months": 6}
            | dict(zip(("basis", "case", "procedure"), basis, strict=True)),
            "responder": {"kind": responder},
            "classes": _classes(facet),
            "day": "2026-11-21",
        }


def rpc_matrix() -> Iterator[Document]:
    """Yield doors x callers, each over calls of every door and some that nobody serves."""
    roles = [*(role.value for role in (*Role, *NetworkRole)), "anybody", "member", "stranger"]
    services = {
        "OperatorService": ["Check", "AddCase", "AddOperator", "GetStatus", "LoginOperator"],
        "OfficeService": ["SignDraft", "GetBudgets", "Login"],
        "ExchangeService": ["Ask"],
        "PseudonymService": ["Evaluate"],
        "Health": ["Check", "Watch"],
    }
    methods = [f"{service}/{name}" for service, names in services.items() for name in names] + ["", "Check"]
    classes = [{"id": str(number), "method": method} for number, method in enumerate(methods)]
    groups = [[], roles, *([role] for role in roles), *([first, second] for first, second in pairwise(roles))]
    for door in ("node_front", "node_peer", "registry_front", "registry_peer", "back", ""):
        for callers in groups:
            yield {"door": door, "callers": callers, "classes": classes}


def _classes(facet: str) -> list[Document]:
    variants: dict[str, list[object]] = {
        "facet": [facet, "food_parcel", "rent_deposit", "lottery", *(f"{prefix}x" for prefix in SPECIAL_PREFIXES)],
        "consent": ["mismatch", "withdrawn", "none"],
        "objection": [True],
        "visibility": ["only_us"],
        "status": ["reserved", "cancelled", "corrected"],
        "age": ["out_of_window", "expired"],
        "basis": ["none"],
    }
    shareable = {**RECORD, "facet": facet}
    single = [{**shareable, name: value} for name, values in variants.items() for value in values]
    both = [one | {"basis": basis} for one in single for basis in (one["basis"], "public_task")]
    return [{**one, "id": str(number)} for number, one in enumerate(both)]
