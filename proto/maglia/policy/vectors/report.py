"""What the access report discloses: requests written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import PERSON_REQUESTS, changed
from maglia.policy.vectors.vector import Document, Vector

DISCLOSED = ("body", "time", "purpose", "categories")
WITH_NAMES = (*DISCLOSED, "operator")
NOTHING = ()


def _tells(rule: str, title: str, document: Document, fields: tuple[str, ...] = DISCLOSED) -> Vector:
    released = {"0": list(fields)} if fields else {}
    return Vector("report", document, rule, title, {"allow": True, "reasons": [], "release": released})


def _refused(rule: str, title: str, document: Document, *reasons: str) -> Vector:
    return Vector("report", document, rule, title, {"allow": False, "reasons": list(reasons), "release": {}})


_BY_DPO = changed(PERSON_REQUESTS, request={"by": "dpo", "identified": True})

REPORT: tuple[Vector, ...] = (
    _tells("report.allow", "the person, at a parish", PERSON_REQUESTS),
    _refused("report.allow", "nothing said", {}, "policy.role", "policy.denied"),
    _tells("report.entitled", "the person, at a comune", changed(PERSON_REQUESTS, request__at="comune")),
    _tells("report.entitled", "the data-protection officer", _BY_DPO),
    _refused("report.entitled", "a body for itself", changed(PERSON_REQUESTS, request__by="officer"), "policy.role"),
    _refused("report.entitled", "at no body", changed(PERSON_REQUESTS, request__at="bank"), "policy.role"),
    _tells("report.identified", "the person, at a Caritas", changed(PERSON_REQUESTS, request__at="caritas")),
    _refused("report.identified", "who is it", changed(PERSON_REQUESTS, request__identified=False), "policy.denied"),
    _refused("report.violations", "an auditor", changed(PERSON_REQUESTS, request__by="auditor"), "policy.role"),
    _refused("report.violations", "of nobody", changed(_BY_DPO, request__identified="yes"), "policy.denied"),
    _refused(
        "report.reasons",
        "several reasons at once",
        changed(PERSON_REQUESTS, request__by="manager", request__identified=False),
        "policy.role",
        "policy.denied",
    ),
    _tells("report.names_approved", "approved", changed(PERSON_REQUESTS, names_approved_by="dpo"), WITH_NAMES),
    _tells("report.names_approved", "approved by another", changed(PERSON_REQUESTS, names_approved_by="manager")),
    _tells("report.fields", "not approved by asking", changed(_BY_DPO, names_approved_by="")),
    _tells("report.fields", "approved, asked by the same", changed(_BY_DPO, names_approved_by="dpo"), WITH_NAMES),
    _tells("report.own", "an answer about the person", changed(PERSON_REQUESTS, class__event="answer")),
    _tells("report.own", "about another", changed(PERSON_REQUESTS, class__concerns="other"), NOTHING),
    _tells("report.own", "about the household", changed(PERSON_REQUESTS, class__concerns="household"), NOTHING),
    _tells("report.released", "a refusal is told too", changed(PERSON_REQUESTS, class__event="refusal")),
    _tells("report.released", "an earlier report is told too", changed(PERSON_REQUESTS, class__event="report")),
    _tells("report.released", "what is no access", changed(PERSON_REQUESTS, class__event="checkpoint"), NOTHING),
    _tells("report.decision", "the person, at a cooperative", changed(PERSON_REQUESTS, request__at="cooperative")),
)
