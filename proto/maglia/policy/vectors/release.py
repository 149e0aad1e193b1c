"""What a record shows: questions written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import COMUNE_ASKED, PARISH_ASKED, changed
from maglia.policy.vectors.vector import Document, Vector

PRESENCE = ("facet", "month", "amount_band", "kind", "status", "reserved")
DETAIL = (*PRESENCE, "date", "amount", "body", "contact", "objection", "owed")
NOTHING = ()


def _shows(rule: str, title: str, document: Document, fields: tuple[str, ...]) -> Vector:
    released = {"0": list(fields)} if fields else {}
    return Vector("release", document, rule, title, {"allow": True, "reasons": [], "release": released})


def _refused(rule: str, title: str, document: Document, *reasons: str) -> Vector:
    return Vector("release", document, rule, title, {"allow": False, "reasons": list(reasons), "release": {}})


_PROCEDURE = {"query__case": False, "query__procedure": True}
_CALL = changed(COMUNE_ASKED, query__purpose="call_for_applicants", query__facet="medicine", **_PROCEDURE)

RELEASE: tuple[Vector, ...] = (
    _shows("release.allow", "presence to a parish", PARISH_ASKED, PRESENCE),
    _shows("release.allow", "detail to a comune with a case", COMUNE_ASKED, DETAIL),
    _refused("release.allow", "nothing said", {}, "policy.purpose", "policy.facet", "policy.denied"),
    _shows(
        "release.basis_allowed",
        "detail of an onlus's record, with a procedure",
        changed(COMUNE_ASKED, responder__kind="onlus", class__basis="consent", class__consent="match", **_PROCEDURE),
        DETAIL,
    ),
    _shows("release.proofs", "on consent", changed(PARISH_ASKED, query__months=12), PRESENCE),
    _shows("release.proofs", "with a case", changed(COMUNE_ASKED, query__months=6), DETAIL),
    _shows("release.proofs", "with a procedure", changed(COMUNE_ASKED, **_PROCEDURE), DETAIL),
    _refused(
        "release.violations",
        "a purpose not granted",
        changed(PARISH_ASKED, asker__purposes=[]),
        "policy.purpose",
    ),
    _refused(
        "release.violations",
        "a special category asked",
        changed(PARISH_ASKED, query__facet="health_diet"),
        "policy.facet",
    ),
    _refused(
        "release.violations",
        "a public task claimed by a parish",
        changed(PARISH_ASKED, query__basis="public_task", query__case=True),
        "policy.basis",
    ),
    _refused("release.violations", "no basis", changed(PARISH_ASKED, query__basis="none"), "policy.basis"),
    _refused(
        "release.violations", "a case without its basis", changed(COMUNE_ASKED, query__basis="none"), "policy.basis"
    ),
    _refused("release.violations", "no case", changed(COMUNE_ASKED, query__case=False), "consent.case_missing"),
    _refused(
        "release.violations",
        "too many months, without a case",
        changed(COMUNE_ASKED, query__case=False, query__months=0),
        "consent.case_missing",
        "policy.denied",
    ),
    _refused("release.violations", "too many months", changed(COMUNE_ASKED, query__months=37), "policy.denied"),
    _refused(
        "release.reasons",
        "several reasons at once",
        changed(PARISH_ASKED, query__purpose="curiosity", query__facet="lottery"),
        "policy.purpose",
        "policy.facet",
    ),
    _refused(
        "release.stated",
        "a kind of asker that nobody knows",
        changed(PARISH_ASKED, asker__kind="bank"),
        "policy.purpose",
    ),
    _shows(
        "release.responder_group",
        "a comune's statutory record shown to a parish",
        changed(PARISH_ASKED, responder__kind="comune", class__basis="public_task", class__consent="none"),
        PRESENCE,
    ),
    _shows(
        "release.responder_group", "an unknown kind of giver", changed(PARISH_ASKED, responder__kind="bank"), NOTHING
    ),
    _shows(
        "release.levels",
        "presence to a comune that looks for overlaps",
        changed(COMUNE_ASKED, query__purpose="aid_overlap"),
        PRESENCE,
    ),
    _shows("release.level", "medicine never in detail", changed(_CALL, class__facet="medicine"), PRESENCE),
    _shows("release.level", "presence of a parish's record", changed(PARISH_ASKED, responder__kind="parish"), PRESENCE),
    _shows("release.family", "a canteen, asked of food", changed(PARISH_ASKED, class__facet="canteen"), PRESENCE),
    _shows("release.asked_about", "a parcel, asked of vouchers", changed(PARISH_ASKED, query__months=36), PRESENCE),
    _shows("release.asked_about", "another family", changed(PARISH_ASKED, class__facet="gas"), NOTHING),
    _shows("release.level_fields", "the level of rent", changed(COMUNE_ASKED, class__facet="rent_deposit"), DETAIL),
    _shows(
        "release.showable", "a record of the facet asked", changed(PARISH_ASKED, query__facet="food_parcel"), PRESENCE
    ),
    _shows("release.showable", "a special category", changed(COMUNE_ASKED, class__facet="detention_visit"), NOTHING),
    _shows("release.showable", "an unknown facet", changed(COMUNE_ASKED, class__facet="lottery"), NOTHING),
    _shows("release.basis_holds", "a consent that covers it", changed(PARISH_ASKED, asker__kind="odv"), PRESENCE),
    _shows("release.basis_holds", "consent expired", changed(PARISH_ASKED, class__consent="expired"), NOTHING),
    _shows("release.basis_holds", "consent withdrawn", changed(PARISH_ASKED, class__consent="withdrawn"), NOTHING),
    _shows("release.basis_holds", "consent for others", changed(PARISH_ASKED, class__consent="mismatch"), NOTHING),
    _shows("release.basis_holds", "no consent", changed(PARISH_ASKED, class__consent="none"), NOTHING),
    _shows("release.basis_holds", "an objection", changed(PARISH_ASKED, class__objection=True), NOTHING),
    _shows(
        "release.basis_holds",
        "an objection to a statutory record",
        changed(COMUNE_ASKED, class__objection=True),
        DETAIL,
    ),
    _shows(
        "release.basis_holds",
        "withdrawal does not reach a statutory record",
        changed(COMUNE_ASKED, class__consent="withdrawn"),
        DETAIL,
    ),
    _shows(
        "release.basis_holds",
        "a statutory record in the third sector",
        changed(PARISH_ASKED, class__basis="public_task"),
        NOTHING,
    ),
    _shows("release.basis_holds", "a record without basis", changed(PARISH_ASKED, class__basis="none"), NOTHING),
    _shows("release.meant_for_network", "meant for all", changed(PARISH_ASKED, asker__kind="aps"), PRESENCE),
    _shows("release.meant_for_network", "only ours", changed(COMUNE_ASKED, class__visibility="only_us"), NOTHING),
    _shows("release.in_time", "within the months asked", changed(PARISH_ASKED, asker__kind="caritas"), PRESENCE),
    _shows("release.in_time", "before the months asked", changed(PARISH_ASKED, class__age="out_of_window"), NOTHING),
    _shows("release.in_time", "past its retention", changed(COMUNE_ASKED, class__age="expired"), NOTHING),
    _shows("release.in_force", "a reservation", changed(PARISH_ASKED, class__status="reserved"), PRESENCE),
    _shows("release.in_force", "cancelled", changed(PARISH_ASKED, class__status="cancelled"), NOTHING),
    _shows("release.in_force", "corrected", changed(COMUNE_ASKED, class__status="corrected"), NOTHING),
    _shows("release.released", "a foundation's record", changed(PARISH_ASKED, responder__kind="foundation"), PRESENCE),
    _shows("release.released", "no record at all", changed(PARISH_ASKED, classes=[]), NOTHING),
    _shows("release.decision", "a food bank's record", changed(PARISH_ASKED, responder__kind="food_bank"), PRESENCE),
)
