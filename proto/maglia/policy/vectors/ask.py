"""May this operator ask: questions written by hand, each named after the rule that it is about."""

from __future__ import annotations

from maglia.policy.vectors.documents import BASES, COMUNE_ASKS, CONSENT, PARISH_ASKS, changed
from maglia.policy.vectors.vector import Document, Vector


def _case(rule: str, title: str, document: Document, *reasons: str) -> Vector:
    return Vector("ask", document, rule, title, {"allow": not reasons, "reasons": list(reasons)})


def _consent(**changes: object) -> Document:
    return {**BASES["a consent"], "consent": {**CONSENT, **changes}}


_COMUNE_OVERLAP = changed(COMUNE_ASKS, query__purpose="aid_overlap")
_NO_BASIS = changed(
    PARISH_ASKS, query={name: PARISH_ASKS["query"][name] for name in ("purpose", "facet", "months", "asked")}
)

ASK: tuple[Vector, ...] = (
    _case("ask.allow", "a volunteer with consent", PARISH_ASKS),
    _case("ask.allow", "an officer with a case", COMUNE_ASKS),
    _case("ask.allow", "nothing said", {}, "policy.purpose", "policy.facet", "policy.denied"),
    _case("ask.allow", "a referral by a volunteer", changed(PARISH_ASKS, query__purpose="referral")),
    _case(
        "ask.role_allowed",
        "a volunteer of a comune, for overlaps",
        changed(_COMUNE_OVERLAP, operator__role="volunteer"),
    ),
    _case(
        "ask.role_allowed",
        "a volunteer of a comune, for a subsidy",
        changed(COMUNE_ASKS, operator__role="volunteer"),
        "policy.role",
    ),
    _case(
        "ask.role_allowed",
        "an administrator asks nothing",
        changed(PARISH_ASKS, operator__role="node_admin"),
        "policy.role",
    ),
    _case("ask.facet_allowed", "a family the body helps with", changed(PARISH_ASKS, query__facet="gas")),
    _case(
        "ask.facet_allowed",
        "a family the body does not help with",
        changed(PARISH_ASKS, query__facet="school"),
        "policy.facet",
    ),
    _case(
        "ask.basis_offered",
        "a public task without a case",
        changed(COMUNE_ASKS, query__basis=BASES["a public task without proof"]),
        "consent.case_missing",
    ),
    _case(
        "ask.basis_offered",
        "a public task claimed by a parish",
        changed(PARISH_ASKS, query__basis=BASES["a case"]),
        "policy.basis",
    ),
    _case("ask.basis_unstated", "no basis in the question", _NO_BASIS, "consent.missing"),
    _case(
        "ask.basis_unstated",
        "nothing recorded at a parish",
        changed(PARISH_ASKS, query__basis=BASES["nothing"]),
        "consent.missing",
    ),
    _case(
        "ask.basis_allowed",
        "a health agency with a case, for overlaps",
        changed(_COMUNE_OVERLAP, asker__kind="health_agency"),
    ),
    _case(
        "ask.basis_allowed",
        "a call for applicants on a single case",
        changed(COMUNE_ASKS, query__purpose="call_for_applicants"),
        "consent.case_missing",
    ),
    _case("ask.proofs", "a case with its protocol number", changed(COMUNE_ASKS, operator__role="manager")),
    _case(
        "ask.proofs",
        "a call for applicants by its procedure",
        changed(COMUNE_ASKS, query__purpose="call_for_applicants", query__basis=BASES["a procedure"]),
    ),
    _case(
        "ask.proofs",
        "a comune with consent, for overlaps",
        changed(_COMUNE_OVERLAP, query__basis=BASES["a consent"]),
    ),
    _case("ask.proofs", "a consent of today", changed(PARISH_ASKS, query__basis=_consent(age_days=0))),
    _case("ask.proofs", "a consent of a year ago", changed(PARISH_ASKS, query__basis=_consent(age_days=365))),
    _case(
        "ask.proofs",
        "a consent older than a year",
        changed(PARISH_ASKS, query__basis=_consent(age_days=366)),
        "consent.expired",
    ),
    _case(
        "consent.given",
        "a consent whose last day was yesterday, for a referral",
        changed(PARISH_ASKS, query__purpose="referral", query__basis=_consent(days_left=-1)),
        "consent.expired",
    ),
    _case("consent.holds", "a consent of a month ago", changed(PARISH_ASKS, query__basis=_consent(age_days=30))),
    _case(
        "consent.covers",
        "a consent on a newer notice",
        changed(PARISH_ASKS, query__basis=_consent(notice_version="2026-02")),
    ),
    _case(
        "consent.covers",
        "a consent for something else, and expired",
        changed(PARISH_ASKS, query__basis=_consent(purposes=["referral"], days_left=-1)),
        "consent.missing",
    ),
    _case("consent.in_force", "a consent on its last day", changed(PARISH_ASKS, query__basis=_consent(days_left=0))),
    _case(
        "consent.in_force",
        "a consent without a last day",
        changed(PARISH_ASKS, query__basis=_consent(days_left=None)),
        "consent.missing",
    ),
    _case(
        "consent.expired",
        "a consent past its last day",
        changed(PARISH_ASKS, query__basis=_consent(days_left=-1)),
        "consent.expired",
    ),
    _case(
        "consent.expired",
        "a consent older than the limit, whatever it says",
        changed(PARISH_ASKS, query__basis=_consent(age_days=400)),
        "consent.expired",
    ),
    _case(
        "consent.reaches",
        "a consent that reaches those asked",
        changed(PARISH_ASKS, query__basis=_consent(audience=["comune", "onlus"])),
    ),
    _case("consent.reaches", "a consent, and nobody to ask", changed(PARISH_ASKS, query__asked=[])),
    _case(
        "consent.reaches",
        "a consent that leaves out one of those asked",
        changed(PARISH_ASKS, query__basis=_consent(audience=["onlus"])),
        "consent.missing",
    ),
    _case(
        "consent.reaches",
        "a consent that says nothing of whom it reaches",
        changed(PARISH_ASKS, query__basis=_consent(audience=None)),
        "consent.missing",
    ),
    _case(
        "consent.reaches",
        "a consent, and nothing said of who is asked",
        changed(PARISH_ASKS, query__asked=None),
        "consent.missing",
    ),
    _case(
        "ask.proofs",
        "a consent from the future",
        changed(PARISH_ASKS, query__basis=_consent(age_days=-1)),
        "consent.missing",
    ),
    _case(
        "ask.proofs",
        "a consent for something else",
        changed(PARISH_ASKS, query__basis=_consent(purposes=["referral"])),
        "consent.missing",
    ),
    _case("consent.nonempty", "a notice with version and language", changed(PARISH_ASKS, query__months=12)),
    _case(
        "consent.nonempty",
        "a consent without notice",
        changed(PARISH_ASKS, query__basis=_consent(notice_version="")),
        "consent.missing",
    ),
    _case(
        "consent.nonempty",
        "a consent without language",
        changed(PARISH_ASKS, query__basis=_consent(language=None)),
        "consent.missing",
    ),
    _case("ask.violations", "no purpose known", changed(PARISH_ASKS, query__purpose="curiosity"), "policy.purpose"),
    _case("ask.violations", "an unknown role", changed(PARISH_ASKS, operator__role="guest"), "policy.role"),
    _case("ask.violations", "an unknown facet", changed(PARISH_ASKS, query__facet="lottery"), "policy.facet"),
    _case(
        "ask.violations",
        "a subsidy asked on consent",
        changed(COMUNE_ASKS, query__basis=BASES["a consent"]),
        "policy.basis",
    ),
    _case(
        "ask.violations",
        "a procedure's purpose without its procedure",
        changed(COMUNE_ASKS, query__purpose="call_for_applicants", query__basis=BASES["a public task without proof"]),
        "consent.case_missing",
    ),
    _case(
        "ask.violations",
        "an old consent at a comune",
        changed(_COMUNE_OVERLAP, query__basis=BASES["an old consent"]),
        "consent.expired",
    ),
    _case(
        "ask.violations",
        "a consent for a referral alone at a comune",
        changed(_COMUNE_OVERLAP, query__basis=_consent(purposes=["referral"])),
        "consent.missing",
    ),
    _case(
        "ask.violations", "more months than records are kept", changed(PARISH_ASKS, query__months=37), "policy.denied"
    ),
    _case(
        "ask.violations",
        "too many months for an administrator",
        changed(PARISH_ASKS, operator__role="node_admin", query__months=37),
        "policy.role",
        "policy.denied",
    ),
    _case(
        "ask.basis_lacking",
        "a consent never recorded",
        changed(PARISH_ASKS, query__basis={**BASES["a consent"], "consent": None}),
        "consent.missing",
    ),
    _case(
        "ask.basis_lacking",
        "nothing recorded, for a referral",
        changed(PARISH_ASKS, query__purpose="referral", query__basis=BASES["nothing"]),
        "consent.missing",
    ),
    _case(
        "ask.case_wanted",
        "nothing recorded at a comune",
        changed(COMUNE_ASKS, query__basis=BASES["nothing"]),
        "consent.case_missing",
    ),
    _case(
        "ask.case_wanted",
        "a public task without a case, for overlaps",
        changed(_COMUNE_OVERLAP, query__basis=BASES["a public task without proof"]),
        "consent.case_missing",
    ),
    _case(
        "ask.reasons",
        "an audit is no question",
        changed(COMUNE_ASKS, query__purpose="audit"),
        "policy.purpose",
        "policy.role",
        "policy.facet",
    ),
    _case(
        "ask.stated",
        "a purpose the directory does not grant",
        changed(PARISH_ASKS, asker__purposes=["referral"]),
        "policy.purpose",
    ),
    _case(
        "ask.decision",
        "a social worker with a procedure",
        changed(COMUNE_ASKS, operator__role="social_worker", query__basis=BASES["a procedure"]),
    ),
    _case(
        "question.reason_order",
        "a parish asking for a rent subsidy",
        changed(
            PARISH_ASKS, asker__purposes=["rent_subsidy"], query__purpose="rent_subsidy", query__facet="electricity"
        ),
        "policy.purpose",
        "policy.role",
        "policy.facet",
    ),
    _case("question.purpose", "an overlap asked by a comune", _COMUNE_OVERLAP),
    _case("question.asker_group", "an overlap asked by a Caritas", changed(PARISH_ASKS, asker__kind="caritas")),
    _case(
        "question.purpose_allowed",
        "a subsidy at a social district",
        changed(COMUNE_ASKS, asker__kind="social_district"),
    ),
    _case(
        "question.purpose_allowed",
        "a health agency asking for a rent subsidy",
        changed(COMUNE_ASKS, asker__kind="health_agency"),
        "policy.purpose",
    ),
    _case(
        "question.facet_allowed",
        "gas for a utility subsidy",
        changed(COMUNE_ASKS, query__purpose="utility_subsidy", query__facet="gas"),
    ),
    _case("question.facet_needed", "gas for a rent subsidy", changed(COMUNE_ASKS, query__facet="gas"), "policy.facet"),
    _case("question.facet_needed", "rent for a rent subsidy", changed(COMUNE_ASKS, query__facet="rent_current")),
    _case(
        "question.facet_needed",
        "a good facet for an unknown purpose",
        changed(COMUNE_ASKS, query__purpose="curiosity"),
        "policy.purpose",
    ),
    _case(
        "question.facet_shareable",
        "a facet that the data know",
        changed(COMUNE_ASKS, query__facet="rent_deposit"),
    ),
    _case(
        "question.special",
        "a special category",
        changed(PARISH_ASKS, query__facet="addiction_therapy"),
        "policy.facet",
    ),
    _case("window.months_allowed", "as far back as records are kept", changed(PARISH_ASKS, query__months=36)),
    _case("window.months_allowed", "months that are a text", changed(PARISH_ASKS, query__months="6"), "policy.denied"),
    _case("window.months_allowed", "no month at all", changed(PARISH_ASKS, query__months=0), "policy.denied"),
    _case("question.bases", "a consent at a food bank", changed(PARISH_ASKS, asker__kind="food_bank")),
)
