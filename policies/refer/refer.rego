# METADATA
# scope: package
# title: May this operator send a person to that body
# description: |
#   Decided by the sender's own node before anything leaves, and again each time that the other body is tried: purpose,
#   role, facet, whom it is sent to, and the person's consent. Default deny, with reasons as `ask` gives them.
# custom:
#   titolo: Questo operatore può inviare una persona a quell'ente
package maglia.refer

import data.maglia.consent
import data.maglia.question

# METADATA
# title: Default deny
# description: A person is sent only if every condition holds (GDPR art. 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: Everything holds
# description: GDPR art. 5 and 6(1)(a). The other body learns who the person is, so each condition is stated positively.
# custom:
#   titolo: Tutte le condizioni sono soddisfatte
allow if {
	purpose_allowed
	role_allowed
	question.facet_allowed
	taken
	basis_allowed
}

# METADATA
# title: The purpose is a referral, and this body may have it
# description: Law rule 1, GDPR art. 5(1)(b). Nobody is sent for the ends of a question.
# custom:
#   titolo: Lo scopo è un invio, ed è permesso a questo ente
purpose_allowed if {
	input.query.purpose == "referral"
	question.purpose_allowed
}

# METADATA
# title: The operator's role may send persons
# description: Law rule 7, GDPR art. 29.
# custom:
#   titolo: Il ruolo dell'operatore può inviare persone
role_allowed if input.operator.role in question.purpose.roles

# METADATA
# title: The person consents to it
# description: Law rules 2 and 8, GDPR art. 6(1)(a). Nothing else lets a body tell another who a person is.
# custom:
#   titolo: La persona è d'accordo
basis_allowed if {
	"consent" in question.bases[input.query.basis.kind]
	consent.holds
}

# METADATA
# title: The other body takes referrals, and gives this kind of aid
# description: Law rules 1 and 3, GDPR art. 5(1)(c). Whoever can't help need not learn who the person is.
# custom:
#   titolo: L'altro ente riceve invii e dà questo tipo di aiuto
taken if {
	input.query.purpose in input.addressee.purposes
	input.query.facet in input.addressee.facets
}

# METADATA
# title: Refused for its purpose
# description: Law rule 1, GDPR art. 5(1)(b).
# custom:
#   titolo: Rifiutato perché lo scopo non è permesso a questo ente
violations contains "policy.purpose" if not purpose_allowed

# METADATA
# title: Refused for the operator's role
# description: Law rule 7, GDPR art. 29.
# custom:
#   titolo: Rifiutato perché il ruolo dell'operatore non può inviare persone
violations contains "policy.role" if not role_allowed

# METADATA
# title: Refused for its kind of aid
# description: Law rules 3 and 4, GDPR art. 5(1)(c) and 9. Special categories never leave.
# custom:
#   titolo: Rifiutato perché per questo tipo di aiuto non si invia nessuno
violations contains "policy.facet" if not question.facet_allowed

# METADATA
# title: Refused for whom the person would be sent to
# description: Law rule 3, GDPR art. 5(1)(c).
# custom:
#   titolo: Rifiutato perché l'altro ente non riceve invii per questo tipo di aiuto
violations contains "policy.taker" if not taken

# METADATA
# title: Refused for a consent that has expired
# description: Law rules 2 and 8, GDPR art. 7(1). The reason says what to renew.
# custom:
#   titolo: Rifiutato perché il consenso è scaduto
violations contains "consent.expired" if {
	not basis_allowed
	consent.expired
}

# METADATA
# title: Refused for want of a consent that holds
# description: Law rules 2 and 8, GDPR art. 6(1)(a) and 7(1). One that does not reach that kind of body is none.
# custom:
#   titolo: Rifiutato perché manca un consenso valido
violations contains "consent.missing" if {
	not basis_allowed
	not consent.expired
}

# METADATA
# title: Every reason for a refusal, the most telling first
# description: GDPR art. 12. The order in which an operator reads them.
# custom:
#   titolo: Tutti i motivi di rifiuto, il più significativo per primo
reason_order := [
	"policy.purpose",
	"policy.role",
	"policy.facet",
	"policy.taker",
	"consent.expired",
	"consent.missing",
]

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that every log entry names the rules applied (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": [reason | some reason in reason_order; reason in violations],
	"revision": data.maglia.revision,
}
