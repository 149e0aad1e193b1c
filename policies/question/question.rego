# METADATA
# scope: package
# title: What every question must satisfy
# description: |
#   Rules shared by both sides of a check: the asker's node decides before a question leaves, the answering node decides
#   again on its own. "To what" is in data (purposes, facets, kinds, limits); here is only "how".
# custom:
#   titolo: Che cosa deve rispettare ogni domanda
package maglia.question

# METADATA
# title: Every reason for a refusal, the most telling first
# description: GDPR art. 12. The order in which an operator reads them; the codes are those of the error catalog.
# custom:
#   titolo: Tutti i motivi di rifiuto, il più significativo per primo
reason_order := [
	"policy.purpose",
	"policy.role",
	"policy.facet",
	"policy.basis",
	"consent.case_missing",
	"consent.expired",
	"consent.missing",
	"policy.denied",
]

# METADATA
# title: What the data say of the declared purpose
# description: Undefined when the purpose is unknown, so that everything built on it denies (law rule 1).
# custom:
#   titolo: Che cosa dicono i dati dello scopo dichiarato
purpose := data.maglia.purposes[input.query.purpose]

# METADATA
# title: Whether the asker is a public body or of the third sector
# description: The lawful basis differs between them (law rule 2; GDPR art. 6(1)(a) and 6(1)(e)).
# custom:
#   titolo: Chi chiede è un ente pubblico o del terzo settore
asker_group := data.maglia.kinds[input.asker.kind].group

# METADATA
# title: The purpose is allowed to this body
# description: |
#   Law rule 1, GDPR art. 5(1)(b): no purpose, no answer. The kind of body may have this purpose, and the accreditation
#   office's directory grants it to this very member.
# custom:
#   titolo: Lo scopo è permesso a questo ente
purpose_allowed if {
	input.asker.kind in purpose.kinds
	input.query.purpose in input.asker.purposes
}

# METADATA
# title: The facet may be asked for this purpose
# description: |
#   Law rules 3 and 4, GDPR art. 5(1)(c): only shareable facets of a family that this purpose needs. Without a known
#   purpose only the facet itself is judged, so that the reason given is the purpose.
# custom:
#   titolo: Il tipo di aiuto si può chiedere per questo scopo
facet_allowed if {
	facet_shareable(input.query.facet)
	facet_needed
}

# METADATA
# title: The facet belongs to a family that this purpose needs
# description: Law rule 3, GDPR art. 5(1)(c). A subsidy for rent asks about housing, not about food.
# custom:
#   titolo: Il tipo di aiuto è di una famiglia che serve a questo scopo
facet_needed if data.maglia.facets[input.query.facet].family in purpose.families

facet_needed if not purpose

# METADATA
# title: The facet is known and not of a special category
# description: |
#   Law rule 4, GDPR art. 9 and 10: special categories never leave, even if the data were to list one; what is unknown is
#   denied.
# custom:
#   titolo: Il tipo di aiuto è conosciuto e non è di categoria particolare
facet_shareable(facet) if {
	data.maglia.facets[facet].shareable == true
	not special(facet)
}

# METADATA
# title: The facet is of a special category
# description: Law rule 4, GDPR art. 9 and 10. Recognised by the prefix of its code.
# custom:
#   titolo: Il tipo di aiuto è di categoria particolare
special(facet) if {
	some prefix in data.maglia.special.prefixes
	startswith(facet, prefix)
}

# METADATA
# title: The lawful bases on which this kind of body may ask for this purpose, each with the proofs that support it
# description: Law rule 2, GDPR art. 6. One of the proofs listed must be there.
# custom:
#   titolo: Le basi giuridiche con cui questo tipo di ente può chiedere per questo scopo, con le loro prove
bases := purpose.bases[asker_group]
