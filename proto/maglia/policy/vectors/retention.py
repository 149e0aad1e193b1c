"""How long a record is kept: sorts of record written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import NODE_KEEPS, changed
from maglia.policy.vectors.vector import Document, Vector


def _keeps(rule: str, title: str, document: Document, term: str = "") -> Vector:
    kept = {"0": [term]} if term else {}
    return Vector("retention", document, rule, title, {"allow": True, "reasons": [], "release": kept})


def _refused(rule: str, title: str, document: Document) -> Vector:
    return Vector("retention", document, rule, title, {"allow": False, "reasons": ["policy.denied"], "release": {}})


def _of(facet: str, **more: object) -> Document:
    return changed(NODE_KEEPS, classes=[{"id": "0", "sort": "aid", "facet": facet, "basis": "consent", **more}])


RETENTION: tuple[Vector, ...] = (
    _keeps("retention.allow", "arrears of rent", NODE_KEEPS, "P36M"),
    _refused("retention.allow", "nobody keeps", changed(NODE_KEEPS, holder="")),
    _keeps("retention.holder", "a parcel", _of("food_parcel"), "P24M"),
    _refused("retention.holder", "an unknown keeper", changed(NODE_KEEPS, holder="stranger")),
    _keeps("retention.statutory", "an act", _of("gas", basis="public_task", act_months=60), "P60M"),
    _keeps("retention.statutory", "an act, on consent", _of("gas", act_months=60), "P36M"),
    _keeps("retention.statutory", "an act that says nothing", _of("gas", basis="public_task", act_months=0), "P36M"),
    _keeps("retention.term", "an act shorter than the rest", _of("gas", basis="public_task", act_months=6), "P6M"),
    _keeps("retention.term", "a bill for gas", _of("gas"), "P36M"),
    _keeps("retention.term", "a special category", _of("health_therapy"), "P24M"),
    _keeps("retention.term", "a facet of a later version", _of("lottery"), "P24M"),
    _keeps("retention.term", "the log", changed(NODE_KEEPS, classes=[{"id": "0", "sort": "log"}]), "P24M"),
    _keeps("retention.term", "what nobody knows", changed(NODE_KEEPS, classes=[{"id": "0", "sort": "photograph"}])),
    _keeps("retention.length", "in months", _of("water"), "P36M"),
    _keeps("retention.length", "in days", changed(NODE_KEEPS, classes=[{"id": "0", "sort": "finding"}]), "P30D"),
    _keeps("retention.kept", "a loan", _of("loan"), "P24M"),
    _keeps("retention.kept", "no record at all", changed(NODE_KEEPS, classes=[])),
    _refused("retention.reasons", "nothing said", {}),
    _keeps("retention.decision", "heating", _of("heating"), "P36M"),
)
