# METADATA
# scope: package
# title: May this operator ask
# description: |
#   Decided by the asker's own node before anything is sent: purpose, role, facet and lawful basis of one question.
#   Default deny; a refusal carries its reasons as codes of the error catalog, the most telling first.
# custom:
#   titolo: Questo operatore può chiedere
package maglia.ask

import data.maglia.consent
import data.maglia.question
import data.maglia.window

# METADATA
# title: Default deny
# description: A question leaves only if every condition holds (GDPR art. 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: Everything holds
# description: GDPR art. 5 and 6. Purpose, role, facet, basis and period are each stated positively.
# custom:
#   titolo: Tutte le condizioni sono soddisfatte
allow if {
	question.purpose_allowed
	role_allowed
	facet_allowed
	basis_allowed
	window.months_allowed
}

# METADATA
# title: The operator's role may have this purpose
# description: Law rule 7. A volunteer may only consult; coordination is for those appointed to it (GDPR art. 29).
# custom:
#   titolo: Il ruolo dell'operatore può avere questo scopo
role_allowed if input.operator.role in question.purpose.roles

# METADATA
# title: The facet is shareable, fits the purpose, and this body is accredited for its family
# description: Law rules 3 and 4, GDPR art. 5(1)(c). A body that gives food does not ask about rent.
# custom:
#   titolo: Il tipo di aiuto si può chiedere, serve allo scopo ed è tra quelli per cui l'ente è accreditato
facet_allowed if {
	question.facet_allowed
	some own in input.asker.facets
	data.maglia.facets[own].family == data.maglia.facets[input.query.facet].family
}

# METADATA
# title: The declared basis is one this body may use for this purpose
# description: Law rule 2, GDPR art. 6(1). No basis is judged by what is missing, not as a wrong basis.
# custom:
#   titolo: La base giuridica è tra quelle che l'ente può usare per questo scopo
basis_offered if question.bases[input.query.basis.kind]

# METADATA
# title: No basis has been recorded yet
# description: GDPR art. 6(1). The reason then says what to record.
# custom:
#   titolo: Nessuna base giuridica è ancora registrata
basis_unstated if not input.query.basis

basis_unstated if input.query.basis.kind == "none"

# METADATA
# title: The basis is offered and one of its proofs is on file
# description: Law rules 2 and 8, GDPR art. 6 and 7(1). A basis that cannot be shown is none.
# custom:
#   titolo: La base giuridica è ammessa e agli atti c'è una prova
basis_allowed if {
	some proof in question.bases[input.query.basis.kind]
	proofs[proof]
}

# METADATA
# title: What is on file
# description: |
#   Law rules 2 and 8: a case with its protocol number, a procedure signed by two officers, or a consent that covers
#   this purpose, is still in force and reaches everybody asked (GDPR art. 7(1) and 13).
# custom:
#   titolo: Che cosa c'è agli atti
proofs["case"] if input.query.basis.case == true

proofs["procedure"] if input.query.basis.procedure == true

proofs["consent"] if consent.holds

# METADATA
# title: Refused for its purpose
# description: Law rule 1, GDPR art. 5(1)(b). Law rule 10 wants each refusal logged with its reason.
# custom:
#   titolo: Rifiutata perché lo scopo non è permesso a questo ente
violations contains "policy.purpose" if not question.purpose_allowed

# METADATA
# title: Refused for the operator's role
# description: Law rule 7, GDPR art. 29. Said only of a known purpose.
# custom:
#   titolo: Rifiutata perché il ruolo dell'operatore non può avere questo scopo
violations contains "policy.role" if {
	question.purpose
	not role_allowed
}

# METADATA
# title: Refused for its kind of aid
# description: Law rules 3 and 4, GDPR art. 5(1)(c) and 9.
# custom:
#   titolo: Rifiutata perché il tipo di aiuto non si può chiedere
violations contains "policy.facet" if not facet_allowed

# METADATA
# title: Refused for its lawful basis
# description: Law rule 2, GDPR art. 6(1). Said only where this kind of body has a basis for the purpose.
# custom:
#   titolo: Rifiutata perché la base giuridica non è tra quelle ammesse
violations contains "policy.basis" if {
	question.bases
	not basis_offered
	not basis_unstated
}

# METADATA
# title: Refused for want of a case or procedure
# description: Law rule 2, GDPR art. 6(1)(e). The reason says what to record.
# custom:
#   titolo: Rifiutata perché manca il protocollo di una pratica, o una procedura
violations contains "consent.case_missing" if {
	basis_lacking
	case_wanted
}

# METADATA
# title: Refused for a consent that has expired
# description: Law rules 2 and 8, GDPR art. 5(1)(e) and 7(1). The reason says what to renew.
# custom:
#   titolo: Rifiutata perché il consenso è scaduto
violations contains "consent.expired" if {
	basis_lacking
	not case_wanted
	consent.expired
}

# METADATA
# title: Refused for want of a consent that holds
# description: Law rules 2 and 8, GDPR art. 6(1)(a) and 7(1). The reason says what to record.
# custom:
#   titolo: Rifiutata perché manca un consenso valido
violations contains "consent.missing" if {
	basis_lacking
	not case_wanted
	not consent.expired
}

# METADATA
# title: Refused for its months
# description: Law rule 3, GDPR art. 5(1)(c).
# custom:
#   titolo: Rifiutata perché i mesi da guardare sono fuori dal limite
violations contains "policy.denied" if not window.months_allowed

# METADATA
# title: A basis this body may use, but nothing on file supports it
# description: Law rules 2 and 8, GDPR art. 6 and 7(1).
# custom:
#   titolo: La base giuridica è ammessa, ma agli atti non c'è nulla che la provi
basis_lacking if {
	basis_offered
	not basis_allowed
}

basis_lacking if {
	question.bases
	basis_unstated
}

# METADATA
# title: What is missing is the protocol number of a case
# description: Law rule 2, GDPR art. 6(1)(e). A body that acts on public task is told of the case first.
# custom:
#   titolo: Manca il numero di protocollo di una pratica
case_wanted if {
	question.bases.public_task
	basis_unstated
}

case_wanted if input.query.basis.kind == "public_task"

# METADATA
# title: The reasons in the order they are read
# description: GDPR art. 12. Empty when the question may be asked; never empty when it may not.
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
# title: The decision document
# description: Carries the revision of the bundle, so that every log entry names the rules applied (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"revision": data.maglia.revision,
}
