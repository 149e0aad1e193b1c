"""May this person be sent to that body: referrals written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import BASES, CONSENT, PARISH_SENDS, changed
from maglia.policy.vectors.vector import Document, Vector


def _case(rule: str, title: str, document: Document, *reasons: str) -> Vector:
    return Vector("refer", document, f"refer.{rule}", title, {"allow": not reasons, "reasons": list(reasons)})


def _consent(**changes: object) -> Document:
    return {**BASES["a consent"], "consent": {**CONSENT, **changes}}


_NO_SUCH = changed(PARISH_SENDS, query__facet="lottery")

REFER: tuple[Vector, ...] = (
    _case("allow", "a parish sends a person to a comune", PARISH_SENDS),
    _case(
        "allow",
        "nothing said",
        {},
        "policy.purpose",
        "policy.role",
        "policy.facet",
        "policy.taker",
        "consent.missing",
    ),
    _case("purpose_allowed", "a comune sends a person on consent", changed(PARISH_SENDS, asker__kind="comune")),
    _case(
        "purpose_allowed",
        "a question that is no referral",
        changed(PARISH_SENDS, query__purpose="aid_overlap"),
        "policy.purpose",
    ),
    _case("role_allowed", "a manager sends a person", changed(PARISH_SENDS, operator__role="manager")),
    _case("basis_allowed", "a consent of a month ago", changed(PARISH_SENDS, query__basis=_consent(age_days=30))),
    _case(
        "taken",
        "another kind of aid that is taken there",
        changed(PARISH_SENDS, query__facet="gas", addressee__facets=["gas"]),
    ),
    _case(
        "violations",
        "a purpose that the directory does not grant",
        changed(PARISH_SENDS, asker__purposes=["aid_overlap"]),
        "policy.purpose",
    ),
    _case(
        "violations", "an administrator sends nobody", changed(PARISH_SENDS, operator__role="node_admin"), "policy.role"
    ),
    _case(
        "violations",
        "a special category, though it is given there",
        changed(PARISH_SENDS, query__facet="addiction_therapy", addressee__facets=["addiction_therapy"]),
        "policy.facet",
    ),
    _case(
        "violations",
        "a kind of aid that is not given there",
        changed(PARISH_SENDS, addressee__facets=["food_parcel"]),
        "policy.taker",
    ),
    _case(
        "violations",
        "a body that takes no referrals",
        changed(PARISH_SENDS, addressee__purposes=["aid_overlap"]),
        "policy.taker",
    ),
    _case(
        "violations",
        "a consent past its last day",
        changed(PARISH_SENDS, query__basis=_consent(days_left=-1)),
        "consent.expired",
    ),
    _case(
        "violations",
        "a consent that leaves out that kind of body",
        changed(PARISH_SENDS, query__basis=_consent(audience=["parish"])),
        "consent.missing",
    ),
    _case(
        "violations",
        "a public task is no consent",
        changed(PARISH_SENDS, query__basis=BASES["a case"]),
        "consent.missing",
    ),
    _case("reason_order", "an unknown kind of aid", _NO_SUCH, "policy.facet", "policy.taker"),
    _case(
        "decision",
        "a social worker of a comune",
        changed(PARISH_SENDS, asker__kind="comune", operator__role="social_worker"),
    ),
)
