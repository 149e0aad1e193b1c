# METADATA
# scope: package
# title: What each class of record releases
# description: |
#   Decided by the answering node: may this member ask, and which fields may it see of each class of record. Sees
#   classes, never persons. A class with nothing to show is absent, exactly as a record that does not exist (law rule 5).
package maglia.release

import data.maglia.question

# METADATA
# title: Default deny
# description: A question is answered only if every condition holds (GDPR art. 25).
default allow := false

# METADATA
# title: This member may ask this question
# description: Law rules 1 and 2, GDPR art. 5 and 6. The answering body judges for itself.
allow if {
	question.purpose_allowed
	question.facet_allowed
	basis_allowed
	question.months_allowed
}

# METADATA
# title: The basis the asker signed for is one it may use, with its proof
# description: Law rule 2, GDPR art. 6. The proof itself stays with the asker, who answers for it.
basis_allowed if {
	some proof in question.bases[input.query.basis]
	proofs[proof]
}

# METADATA
# title: What the asker signed for
# description: Law rule 2. A case, a procedure, or the person's consent (GDPR art. 6(1)(a) and 6(1)(e)).
proofs["case"] if input.query.case == true

proofs["procedure"] if input.query.procedure == true

proofs["consent"] if input.query.basis == "consent"

# METADATA
# title: Why the question is refused
# description: Law rules 1, 2, 3 and 4, one code each; law rule 10 wants the refusal logged with its reason.
violations contains "policy.purpose" if not question.purpose_allowed

violations contains "policy.facet" if not question.facet_allowed

violations contains "policy.basis" if {
	question.bases
	not question.bases[input.query.basis]
}

violations contains "consent.case_missing" if {
	question.bases[input.query.basis]
	not basis_allowed
}

violations contains "policy.denied" if not question.months_allowed

# METADATA
# title: The reasons in the order they are read
# description: GDPR art. 12. Empty when the question may be answered; never empty when it may not.
reasons := [reason | not allow; some reason in question.reason_order; reason in stated]

# METADATA
# title: The reasons stated, or a plain refusal when no rule names one
# description: A refusal without a reason would not be understood (GDPR art. 12).
stated := violations if count(violations) > 0

stated := {"policy.denied"} if count(violations) == 0

# METADATA
# title: Whether the answering body is public or of the third sector
# description: Law rule 2. Unknown kinds of body release nothing.
responder_group := data.maglia.kinds[input.responder.kind].group

# METADATA
# title: The levels towards this kind of asker, for this purpose, from this kind of body
# description: Law rule 3, GDPR art. 5(1)(c). Level by facet, "*" for the facets not named.
levels := data.maglia.levels[question.asker_group][input.query.purpose][responder_group]

# METADATA
# title: The level for one facet
# description: Law rule 3. A facet named by itself goes before "*"; a table without either shows nothing.
level(facet) := levels[facet]

level(facet) := levels["*"] if not levels[facet]

# METADATA
# title: The family of facets asked about
# description: Law rule 3, GDPR art. 5(1)(c). Aid of another family says nothing of a similar need.
family := data.maglia.facets[input.query.facet].family

# METADATA
# title: The fields that may be shown of each facet of the family asked about
# description: |
#   Law rules 3 and 4, GDPR art. 5(1)(c): nothing, presence or detail, for facets of no special category. Below detail a
#   giver is its kind, never its name. Empty unless the question is allowed.
showable[facet] := fields if {
	allow
	some facet in {class.facet | some class in input.classes}
	data.maglia.facets[facet].family == family
	question.facet_shareable(facet)
	fields := data.maglia.fields[level(facet)]
	count(fields) > 0
}

# METADATA
# title: The basis on which the record is held lets it be shared
# description: |
#   Law rule 2: consent that covers this question, neither withdrawn nor objected to (GDPR art. 7(3) and 21); a public
#   body's statutory records stay, with the objection shown at detail level (GDPR art. 6(1)(e) and 21(1)).
basis_holds(class) if {
	class.basis == "consent"
	class.consent == "match"
	class.objection == false
}

basis_holds(class) if {
	class.basis == "public_task"
	responder_group == "public"
}

# METADATA
# title: The fields released, by class
# description: |
#   Law rules 3, 5 and 13: of a class meant for the network, still in force, inside the months asked, and held on a
#   basis that lets it be shared. A class that shows nothing is not listed.
released[class.id] := fields if {
	some class in input.classes
	fields := showable[class.facet]
	class.visibility == "network"
	class.age == "in_window"
	class.status in data.maglia.limits.statuses
	basis_holds(class)
}

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that every log entry names the rules applied (law rule 10).
# entrypoint: true
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": released,
	"revision": data.maglia.revision,
}
