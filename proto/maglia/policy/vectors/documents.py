"""Input documents to start from, and how to say what one changes in them."""

from __future__ import annotations

import copy

from maglia.core.vocabulary import Facet, Kind, Purpose
from maglia.policy.vectors.vector import Document

CONSENT = {
    "purposes": ["aid_overlap", "referral"],
    "audience": sorted(Kind),
    "notice_version": "2026-01",
    "language": "it",
    "age_days": 3,
    "days_left": 362,
}
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
    "query": {
        "purpose": "aid_overlap",
        "facet": "food_voucher",
        "months": 6,
        "asked": ["comune", "onlus"],
        "basis": BASES["a consent"],
    },
    "day": "2026-11-21",
}
COMUNE_ASKS: Document = {
    "asker": {"kind": "comune", "purposes": ALL_PURPOSES, "facets": ALL_FACETS},
    "operator": {"role": "officer"},
    "query": {
        "purpose": "rent_subsidy",
        "facet": "rent_arrears",
        "months": 12,
        "asked": ["onlus", "parish"],
        "basis": BASES["a case"],
    },
    "day": "2026-11-21",
}
PARISH_SENDS: Document = {
    "asker": {"kind": "parish", "purposes": ["aid_overlap", "referral"]},
    "operator": {"role": "volunteer"},
    "addressee": {"purposes": ["aid_overlap", "referral"], "facets": ["rent_arrears", "rent_current"]},
    "query": {
        "purpose": "referral",
        "facet": "rent_arrears",
        "asked": ["comune"],
        "basis": BASES["a consent"],
    },
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
PERSON_REQUESTS: Document = {
    "request": {"by": "person", "identified": True, "at": "parish"},
    "names_approved_by": None,
    "classes": [{"id": "0", "event": "question", "concerns": "requester"}],
}
NODE_KEEPS: Document = {
    "holder": "node",
    "classes": [{"id": "0", "sort": "aid", "facet": "rent_arrears", "basis": "consent"}],
}
NODE_WATCHES: Document = {
    "watcher": "node",
    "classes": [
        {
            "id": "0",
            "sort": "day",
            "kind": "parish",
            "role": "volunteer",
            "date": "2026-11-20",
            "weekday": "fri",
            "moments": [{"at": "10:15", "checks": 8}],
            "checks": 8,
            "busiest_hour": 8,
            "refusals": 0,
            "reports": 0,
            "own_surname": 0,
            "colleague_surname": 0,
            "misses": 2,
            "of_one_person": 1,
            "persons": 8,
            "without_aid": 1,
        }
    ],
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
