# METADATA
# scope: package
# title: What each class of record releases
# description: |
#   Decided by the answering node: may this member ask, and which fields may it see of each class of record. Sees
#   classes, never persons. A class with nothing to show is absent, exactly as a record that does not exist (law rule 5).
# custom:
#   titolo: Che cosa si mostra di ogni classe di aiuti
package maglia.release

import data.maglia.question
import data.maglia.window

# METADATA
# title: Default deny
# description: A question is answered only if every condition holds (GDPR art. 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: This member may ask this question
# description: Law rules 1 and 2, GDPR art. 5 and 6. The answering body judges for itself.
# custom:
#   titolo: Questo ente può porre questa domanda
allow if {
	question.purpose_allowed
	question.facet_allowed
	basis_allowed
	window.months_allowed
}

# METADATA
# title: The basis the asker signed for is one it may use, with its proof
# description: Law rule 2, GDPR art. 6. The proof itself stays with the asker, who answers for it.
# custom:
#   titolo: La base giuridica che chi chiede ha firmato è ammessa, con la sua prova
basis_allowed if {
	some proof in question.bases[input.query.basis]
	proofs[proof]
}

# METADATA
# title: What the asker signed for
# description: Law rule 2. A case, a procedure, or the person's consent (GDPR art. 6(1)(a) and 6(1)(e)).
# custom:
#   titolo: Che cosa ha firmato chi chiede
proofs["case"] if input.query.case == true

proofs["procedure"] if input.query.procedure == true

proofs["consent"] if input.query.basis == "consent"

# METADATA
# title: Refused for its purpose
# description: Law rule 1, GDPR art. 5(1)(b). Law rule 10 wants each refusal logged with its reason.
# custom:
#   titolo: Rifiutata perché lo scopo non è permesso a questo ente
violations contains "policy.purpose" if not question.purpose_allowed

# METADATA
# title: Refused for its kind of aid
# description: Law rules 3 and 4, GDPR art. 5(1)(c) and 9.
# custom:
#   titolo: Rifiutata perché il tipo di aiuto non si può chiedere
violations contains "policy.facet" if not question.facet_allowed

# METADATA
# title: Refused for its lawful basis
# description: Law rule 2, GDPR art. 6(1). Said only where this kind of body has a basis for the purpose.
# custom:
#   titolo: Rifiutata perché la base giuridica non è tra quelle ammesse
violations contains "policy.basis" if {
	question.bases
	not question.bases[input.query.basis]
}

# METADATA
# title: Refused for want of a case or procedure
# description: Law rule 2, GDPR art. 6(1)(e). The reason says what to record.
# custom:
#   titolo: Rifiutata perché manca il protocollo di una pratica, o una procedura
violations contains "consent.case_missing" if {
	question.bases[input.query.basis]
	not basis_allowed
}

# METADATA
# title: Refused for its months
# description: Law rule 3, GDPR art. 5(1)(c).
# custom:
#   titolo: Rifiutata perché i mesi da guardare sono fuori dal limite
violations contains "policy.denied" if not window.months_allowed

# METADATA
# title: The reasons in the order they are read
# description: GDPR art. 12. Empty when the question may be answered; never empty when it may not.
# custom:
#   titolo: I motivi, nell'ordine in cui si leggono
reasons := [reason | not allow; some reason in question.reason_order; reason in stated]

# METADATA
# title: The reasons stated, or a plain refusal when no rule names one
# description: A refusal without a reason would not be understood (GDPR art. 12).
# custom:
#   titolo: I motivi dichiarati, o un semplice rifiuto se nessuna regola ne nomina uno
stated := violations if count(violations) > 0

stated := {"policy.denied"} if count(violations) == 0

# METADATA
# title: Whether the answering body is public or of the third sector
# description: Law rule 2. Unknown kinds of body release nothing.
# custom:
#   titolo: Chi risponde è un ente pubblico o del terzo settore
responder_group := data.maglia.kinds[input.responder.kind].group

# METADATA
# title: The levels towards this kind of asker, for this purpose, from this kind of body
# description: Law rule 3, GDPR art. 5(1)(c). Level by facet, "*" for the facets not named.
# custom:
#   titolo: I livelli verso questo tipo di ente, per questo scopo, da questo tipo di ente
levels := data.maglia.levels[question.asker_group][input.query.purpose][responder_group]

# METADATA
# title: The level for one facet
# description: Law rule 3. A facet named by itself goes before "*"; a table without either shows nothing.
# custom:
#   titolo: Il livello per un tipo di aiuto
level(facet) := levels[facet]

level(facet) := levels["*"] if not levels[facet]

# METADATA
# title: The family of facets asked about
# description: Law rule 3, GDPR art. 5(1)(c). Aid of another family says nothing of a similar need.
# custom:
#   titolo: La famiglia di aiuti su cui si chiede
family := data.maglia.facets[input.query.facet].family

# METADATA
# title: The facet is of the family asked about
# description: Law rule 3, GDPR art. 5(1)(c). A question about rent shows nothing of food.
# custom:
#   titolo: Il tipo di aiuto è della famiglia chiesta
asked_about(facet) if data.maglia.facets[facet].family == family

# METADATA
# title: The fields of the facet's level, where it shows any
# description: Law rule 3, GDPR art. 5(1)(c). At the level "nothing" a record is as one that does not exist (law rule 5).
# custom:
#   titolo: I dati del livello di questo tipo di aiuto, se ne mostra
level_fields(facet) := fields if {
	fields := data.maglia.fields[level(facet)]
	count(fields) > 0
}

# METADATA
# title: The fields that may be shown of each facet of the family asked about
# description: |
#   Law rules 3 and 4, GDPR art. 5(1)(c): nothing, presence or detail, for facets of no special category. Below detail a
#   giver is its kind, never its name. Empty unless the question is allowed.
# custom:
#   titolo: I dati che si possono mostrare di ogni tipo di aiuto della famiglia chiesta
showable[facet] := fields if {
	allow
	some facet in {class.facet | some class in input.classes}
	question.facet_shareable(facet)
	asked_about(facet)
	fields := level_fields(facet)
}

# METADATA
# title: The basis on which the record is held lets it be shared
# description: |
#   Law rule 2: consent that covers this question and reaches its asker, neither expired nor withdrawn nor objected to
#   (GDPR art. 7(3) and 21); a public body's statutory records stay, with the objection shown at detail level (GDPR art.
#   6(1)(e) and 21(1)).
# custom:
#   titolo: La base giuridica con cui l'aiuto è registrato permette di mostrarlo
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
# title: The record is meant for the network
# description: Law rule 2. What was recorded for this body alone stays with it (GDPR art. 25(2)).
# custom:
#   titolo: L'aiuto è destinato alla rete
meant_for_network(class) if class.visibility == "network"

# METADATA
# title: The record is within the months asked and its retention
# description: Law rules 3 and 13, GDPR art. 5(1)(c) and 5(1)(e). An expired record is unanswerable before it is erased.
# custom:
#   titolo: L'aiuto è nei mesi chiesti e non oltre la sua conservazione
in_time(class) if class.age == "in_window"

# METADATA
# title: The record is still in force
# description: Law rule 3, GDPR art. 5(1)(d). What was cancelled or corrected is no help given.
# custom:
#   titolo: L'aiuto è ancora valido
in_force(class) if class.status in data.maglia.limits.statuses

# METADATA
# title: The fields released, by class
# description: |
#   Law rules 3, 5 and 13: of a class meant for the network, still in force, inside the months asked, and held on a
#   basis that lets it be shared. A class that shows nothing is not listed.
# custom:
#   titolo: I dati mostrati, classe per classe
released[class.id] := fields if {
	some class in input.classes
	fields := showable[class.facet]
	meant_for_network(class)
	in_time(class)
	in_force(class)
	basis_holds(class)
}

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that every log entry names the rules applied (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": released,
	"revision": data.maglia.revision,
}
