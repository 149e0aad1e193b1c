# METADATA
# scope: package
# title: How far back a question may reach
# description: Shared by both sides of a check; a referral asks nothing, and has no such window.
# custom:
#   titolo: Fin dove può guardare indietro una domanda
package maglia.window

# METADATA
# title: The months looked back are a number within the limit
# description: Law rule 3, GDPR art. 5(1)(c). No question reaches further back than records are kept.
# custom:
#   titolo: I mesi da guardare sono un numero entro il limite
months_allowed if {
	is_number(input.query.months)
	input.query.months >= 1
	input.query.months <= data.maglia.limits.months
}
