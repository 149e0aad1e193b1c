# METADATA
# scope: package
# title: How long each kind of record is kept
# description: |
#   Law rule 13, GDPR art. 5(1)(e): a record past its term is unanswerable before it is erased. Each class is one sort of
#   record; its term is a length of time as ISO 8601 writes it, P36M or P30D, counted from the day of the help.
# custom:
#   titolo: Per quanto tempo si conserva ogni cosa
package maglia.retention

# METADATA
# title: Default deny
# description: Whoever the data do not know keeps nothing (GDPR art. 5(1)(e) and 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: It is known who keeps
# description: GDPR art. 5(1)(e). Each sort of record is then judged by itself.
# custom:
#   titolo: Si sa chi conserva
allow if holder

# METADATA
# title: What the data say of whoever keeps
# description: GDPR art. 5(1)(e). Undefined for an unknown one, so that everything built on it denies.
# custom:
#   titolo: Che cosa dicono i dati di chi conserva
holder := data.maglia.terms[input.holder]

# METADATA
# title: Aid recorded under an act that says how long
# description: |
#   GDPR art. 6(1)(e) and 6(3): what a public task obliges to record is kept as long as its act says, no longer and no
#   less.
# custom:
#   titolo: Aiuto registrato in base a un atto che dice per quanto tempo
statutory(class) if {
	class.sort == "aid"
	class.basis == "public_task"
	is_number(class.act_months)
	round(class.act_months) == class.act_months
	class.act_months >= 1
	class.act_months <= 1200
}

# METADATA
# title: The term of one sort of record
# description: |
#   Law rule 13, GDPR art. 5(1)(e). Aid by its facet, what the data do not name by the term of all other aid; findings
#   received from others and entries of the access log by their own (law rule 10).
# custom:
#   titolo: Il termine di ciascun genere di registrazione
term(class) := {"months": class.act_months} if statutory(class)

term(class) := holder.aid[class.facet] if {
	class.sort == "aid"
	not statutory(class)
}

term(class) := holder.other_aid if {
	class.sort == "aid"
	not statutory(class)
	not holder.aid[class.facet]
}

term(class) := holder[class.sort] if class.sort in ["finding", "log"]

# METADATA
# title: A term as ISO 8601 writes it
# description: GDPR art. 5(1)(e). Whole months or whole days; anything else is no term, and keeps nothing.
# custom:
#   titolo: Il termine, scritto secondo ISO 8601
length(term) := sprintf("P%dM", [term.months])

length(term) := sprintf("P%dD", [term.days])

# METADATA
# title: The terms, by class of record
# description: Law rule 13, GDPR art. 5(1)(e). A class without a term is not listed, and is not kept.
# custom:
#   titolo: I termini, per classe di registrazione
kept[class.id] := [length(term(class))] if {
	allow
	some class in input.classes
}

# METADATA
# title: Why nothing is kept
# description: Law rule 10 wants a refusal with its reason.
# custom:
#   titolo: Perché non si conserva nulla
reasons := [reason | not allow; some reason in ["policy.denied"]]

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that a term is known to come from the rules in force (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": kept,
	"revision": data.maglia.revision,
}
