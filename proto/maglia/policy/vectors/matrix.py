"""The matrix: kinds x purposes x facets x bases x givers x variants of a record, unknown codes among them.

Every kind of body meets every purpose and basis; what depends on the group of a body alone (public or of the third
sector) is tried on one body of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, cycle, pairwise, product

from maglia.core.vocabulary import (
    FAMILY,
    PUBLIC_KINDS,
    SPECIAL_PREFIXES,
    AidStatus,
    Facet,
    Kind,
    NetworkRole,
    Purpose,
    Role,
)
from maglia.policy.vectors.documents import ALL_FACETS, ALL_PURPOSES, BASES, RECORD
from maglia.policy.vectors.vector import Document

KINDS = [*(kind.value for kind in Kind), "bank"]
PURPOSES = [*ALL_PURPOSES, "curiosity"]
FACETS = [*ALL_FACETS, *(f"{prefix}x" for prefix in SPECIAL_PREFIXES), "lottery"]
MONTHS: list[object] = [1, 36, 37, 0, "6"]
ONE_OF_EACH_GROUP = ["comune", "parish"]
_FITTING = {Purpose.RENT_SUBSIDY.value: "rent_arrears", Purpose.UTILITY_SUBSIDY.value: "electricity"}
_MANY = (1, 3, 5, 10, 20, 25, 40, 80, 150)
_SIGNED = {
    "a consent": {"basis": "consent", "case": False, "procedure": False},
    "a case": {"basis": "public_task", "case": True, "procedure": False},
    "a procedure": {"basis": "public_task", "case": False, "procedure": True},
    "a public task without proof": {"basis": "public_task", "case": False, "procedure": False},
    "nothing": {"basis": "none", "case": False, "procedure": False},
}


def ask_matrix() -> Iterator[Document]:
    """Yield who may ask: every kind, purpose and basis; then every role, facet and number of months."""
    roles = cycle([Role.OFFICER.value, Role.MANAGER.value])
    for kind, purpose, basis in product(KINDS, PURPOSES, BASES):
        yield asks(kind, purpose, basis, role=next(roles))
    for kind, purpose in product(ONE_OF_EACH_GROUP, PURPOSES):
        basis = usual_basis(kind, purpose)
        for role in (*(role.value for role in Role), "stranger"):
            yield asks(kind, purpose, basis, role=role)
        for facet in FACETS:
            yield asks(kind, purpose, basis, facet=facet)
        for months in MONTHS:
            yield asks(kind, purpose, basis, months=months)


def asks(
    kind: str, purpose: str, basis: str, *, role: str = Role.OFFICER.value, facet: str = "", months: object = 12
) -> Document:
    """Return the question whether an operator of a body accredited for everything may ask."""
    return {
        "asker": {"kind": kind, "purposes": ALL_PURPOSES, "facets": ALL_FACETS},
        "operator": {"role": role},
        "query": {
            "purpose": purpose,
            "facet": facet or _fitting(purpose),
            "months": months,
            "asked": ["comune", "odv"],
            "basis": BASES[basis],
        },
        "day": "2026-11-21",
    }


def release_matrix() -> Iterator[Document]:
    """Yield what is shown: every pair of asker and giver, every facet, basis and variant of a record."""
    pairs = chain(product(KINDS, ONE_OF_EACH_GROUP), product(ONE_OF_EACH_GROUP, KINDS))
    for (asker, giver), purpose in product(dict.fromkeys(pairs), PURPOSES):
        yield asked(asker, giver, purpose, _fitting(purpose))
    one_of_each_family = list({FAMILY[facet]: facet.value for facet in Facet}.values())
    for asker, giver, purpose in product(ONE_OF_EACH_GROUP, ONE_OF_EACH_GROUP, PURPOSES):
        for facet in (*one_of_each_family, "health_x", "lottery"):
            yield asked(asker, giver, purpose, facet)
        yield asked(asker, giver, purpose, _fitting(purpose), variants=True)
    for asker, purpose, basis in product(ONE_OF_EACH_GROUP, PURPOSES, _SIGNED):
        yield asked(asker, "onlus", purpose, _fitting(purpose), basis=basis)
    for asker, months in product(ONE_OF_EACH_GROUP, MONTHS):
        yield asked(asker, "onlus", "aid_overlap", "food_parcel", months=months)


def asked(
    asker: str,
    giver: str,
    purpose: str,
    facet: str,
    *,
    basis: str = "",
    months: object = 12,
    variants: bool = False,
) -> Document:
    """Return the question what a giver shows of its records to a body accredited for every purpose."""
    return {
        "asker": {"kind": asker, "purposes": ALL_PURPOSES},
        "query": {
            "purpose": purpose,
            "facet": facet,
            "months": months,
            **_SIGNED[basis or usual_basis(asker, purpose)],
        },
        "responder": {"kind": giver},
        "classes": _variants(giver, facet) if variants else _alike(giver, facet),
        "day": "2026-11-21",
    }


def record_of(giver: str, facet: str) -> Document:
    """Return the class of a record that such a giver may show: statutory at a public body, else on consent."""
    if giver in PUBLIC_KINDS:
        return {**RECORD, "id": facet, "facet": facet, "basis": "public_task", "consent": "none"}
    return {**RECORD, "id": facet, "facet": facet}


def _alike(giver: str, facet: str) -> list[Document]:
    """Records of every facet of the family asked about, and some that must stay hidden."""
    family = FAMILY.get(Facet(facet)) if facet in set(Facet) else None
    others = [one.value for one in Facet if FAMILY[one] is family]
    strangers = ["health_x", "lottery", "school" if facet != "school" else "loan"]
    return [record_of(giver, one) for one in dict.fromkeys([facet, *others, *strangers])]


def _variants(giver: str, facet: str) -> list[Document]:
    """Records that differ from one that may be shown in one way each, on either basis."""
    ways: dict[str, list[object]] = {
        "facet": [f"{prefix}x" for prefix in SPECIAL_PREFIXES],
        "consent": ["match", "mismatch", "expired", "withdrawn", "none"],
        "objection": [True],
        "visibility": ["only_us"],
        "status": [status.value for status in AidStatus],
        "age": ["out_of_window", "expired"],
        "basis": ["none"],
    }
    found: list[Document] = []
    for basis in ("consent", "public_task"):
        base = {**record_of(giver, facet), "basis": basis}
        base["consent"] = "match" if basis == "consent" else "none"
        found += [
            {**base, name: value, "id": f"{basis} {name} {value}".lower()}
            for name, values in ways.items()
            for value in values
        ]
    return found


def report_matrix() -> Iterator[Document]:
    """Yield requesters x bodies x approvals, each over entries of every sort, about the requester and about others."""
    sorts = product(("question", "answer", "refusal", "checkpoint"), ("requester", "household", "other"))
    classes = [{"id": str(number), "event": event, "concerns": who} for number, (event, who) in enumerate(sorts)]
    for requester, at, identified, approver in product(
        ("person", "dpo", "manager", ""), ("parish", "comune", "bank"), (True, False), ("dpo", "manager", None)
    ):
        request = {"by": requester, "identified": identified, "at": at}
        yield {"request": request, "names_approved_by": approver, "classes": classes}


def retention_matrix() -> Iterator[Document]:
    """Yield whoever keeps x bases x what an act says, each over every facet and every sort of record."""
    facets = [*ALL_FACETS, "lottery", *(f"{prefix}x" for prefix in SPECIAL_PREFIXES)]
    for holder, basis, months in product(("node", "registry", ""), ("consent", "public_task"), (None, 0, 1, 60, 1201)):
        sorts = [("aid", facet) for facet in facets]
        sorts += [(sort, "") for sort in ("finding", "log", "other_aid", "photograph")]
        said = {"basis": basis, "act_months": months}
        classes = [
            {"id": str(number), "sort": sort, "facet": facet, **said} for number, (sort, facet) in enumerate(sorts)
        ]
        yield {"holder": holder, "classes": classes}


def anomalies_matrix() -> Iterator[Document]:
    """Yield whoever looks, each over days of every kind of body and role with few and many of everything."""
    counts = ("checks", "busiest_hour", "refusals", "reports", "own_surname", "colleague_surname")
    among = ("misses", "of_one_person", "persons", "without_aid")
    roles = [Role.VOLUNTEER.value, Role.SOCIAL_WORKER.value, Role.OFFICER.value, ""]
    days = [("2026-11-20", "fri"), ("2026-11-21", "sat"), ("2026-11-22", "sun"), ("2026-12-08", "tue")]
    times = ["00:00", "07:15", "07:30", "13:15", "13:30", "19:15", "19:30", "21:45", "22:00"]
    whose = [("", "parish", ""), ("node", "bank", ""), *product(("node",), ONE_OF_EACH_GROUP, roles)]
    for watcher, kind, role in [*whose, *product(("auditor",), ONE_OF_EACH_GROUP, [""])]:
        said = {"sort": "day", "kind": kind, "role": role}
        numbers = {name: number for number, name in enumerate((*counts, *among))}
        shown = [
            {**said, "date": date, "weekday": weekday, "moments": [{"at": at, "checks": 1}], **numbers}
            for (date, weekday), at in zip(cycle(days), (*times, *times[1:]), strict=False)
        ]
        many = [
            {**said, "date": days[0][0], "weekday": "fri", "moments": [], **dict.fromkeys(counts, n)} for n in _MANY
        ]
        many += [{**one, **dict.fromkeys(among, one["checks"])} for one in many]
        classes = [{"id": str(number), **one} for number, one in enumerate([*shown, *many])]
        yield {"watcher": watcher, "classes": classes}


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
    classes = [{"id": method, "method": method} for method in methods]
    groups = [[], roles, *([role] for role in roles), *([first, second] for first, second in pairwise(roles))]
    for door in ("node_front", "node_peer", "registry_front", "registry_peer", "back", ""):
        for callers in groups:
            yield {"door": door, "callers": callers, "classes": classes}


def _fitting(purpose: str) -> str:
    return _FITTING.get(purpose, "food_parcel")


def usual_basis(kind: str, purpose: str) -> str:
    """Return the basis on which such a body asks for this, if it may at all."""
    if kind not in PUBLIC_KINDS or purpose == Purpose.REFERRAL:
        return "a consent"
    return "a procedure" if purpose == Purpose.CALL_FOR_APPLICANTS else "a case"
