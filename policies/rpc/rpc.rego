# METADATA
# scope: package
# title: Who may call what
# description: |
#   Of each call that one of the four doors serves, which callers may make it. A node asks once for each revision, for
#   all its calls and roles. The program's own table is the limit: what it forbids, no bundle grants.
# custom:
#   titolo: Chi può chiamare che cosa
package maglia.rpc

# METADATA
# title: Default deny
# description: A door that the data do not know admits nobody (GDPR art. 25 and 32).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: The door is known
# description: GDPR art. 32. Front and peer doors of nodes and of the registry; each call is then judged by itself.
# custom:
#   titolo: La porta è conosciuta
allow if door

# METADATA
# title: What the data say of the door
# description: GDPR art. 32. Undefined for an unknown door, so that everything built on it denies.
# custom:
#   titolo: Che cosa dicono i dati della porta
door := data.maglia.doors[input.door]

# METADATA
# title: Who may make each call, among the callers asked about
# description: |
#   Law rule 7, GDPR art. 29 and 32(4): people act on the instructions of their role. A call granted to nobody, or that
#   the data do not know, is not listed.
# custom:
#   titolo: Chi può fare ciascuna chiamata, tra quelli di cui si chiede
granted[class.id] := callers if {
	some class in input.classes
	callers := [caller | some caller in input.callers; caller in door[class.method]]
	count(callers) > 0
}

# METADATA
# title: Why nothing is granted
# description: Law rule 10 wants a refusal logged with its reason.
# custom:
#   titolo: Perché non è concesso nulla
reasons := [reason | not allow; some reason in ["session.role"]]

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that a right is known to come from the rules in force (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": granted,
	"revision": data.maglia.revision,
}
