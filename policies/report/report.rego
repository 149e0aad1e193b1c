# METADATA
# scope: package
# title: What the access report discloses
# description: |
#   GDPR art. 15, law rule 9: the person learns which body asked or answered about them, when, for what purpose and which
#   categories of data were disclosed. Each class is one sort of entry of an access log, never the aid itself.
# custom:
#   titolo: Che cosa dice il resoconto degli accessi
package maglia.report

# METADATA
# title: Default deny
# description: Nobody learns who asked about a person unless everything holds (GDPR art. 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: The report may be made
# description: GDPR art. 12(6) and 15. Whoever asks is entitled, and it is certain about whom they ask.
# custom:
#   titolo: Il resoconto si può fare
allow if {
	entitled
	identified
}

# METADATA
# title: Who may request a report
# description: |
#   Law rule 9, GDPR art. 15(1): the person concerned, at any body of the network; GDPR art. 39(1): the data-protection
#   officer.
# custom:
#   titolo: Chi può chiedere il resoconto
entitled if {
	input.request.by == "person"
	data.maglia.kinds[input.request.at]
}

entitled if input.request.by == "dpo"

# METADATA
# title: It is certain who the person is
# description: GDPR art. 12(6). A report handed to another would tell them of the person.
# custom:
#   titolo: L'identità della persona è certa
identified if input.request.identified == true

# METADATA
# title: Why no report is made
# description: GDPR art. 12(4). Whoever asked is told why; law rule 10 wants the refusal logged with its reason.
# custom:
#   titolo: Perché il resoconto non si fa
violations contains "policy.role" if not entitled

violations contains "policy.denied" if not identified

# METADATA
# title: The reasons in the order they are read
# description: GDPR art. 12(4). Empty when the report may be made; never empty when it may not.
# custom:
#   titolo: I motivi nell'ordine in cui si leggono
reasons := [reason | some reason in ["policy.role", "policy.denied"]; reason in violations]

# METADATA
# title: Operators' names were approved
# description: |
#   Law rule 9; Court of Justice C-579/21 on GDPR art. 15(1): who acted for a body is disclosed only where the person's
#   rights need it, which the data-protection officer weighs for each report.
# custom:
#   titolo: I nomi degli operatori sono stati approvati
names_approved if input.names_approved_by == data.maglia.disclosure.approver

# METADATA
# title: What is disclosed of an entry
# description: Law rule 9, GDPR art. 15(1)(a) to (c). Body, time, purpose and categories; with the approval, the operator.
# custom:
#   titolo: Che cosa si dice di un accesso
fields := data.maglia.disclosure.always if not names_approved

fields := array.concat(data.maglia.disclosure.always, data.maglia.disclosure.approved) if names_approved

# METADATA
# title: The entry is about the person and nobody else
# description: GDPR art. 15(4). The right of one does not reach the data of others, of the same household either.
# custom:
#   titolo: L'accesso riguarda questa persona e nessun'altra
own(class) if class.concerns == "requester"

# METADATA
# title: The fields disclosed, by class of entry
# description: Law rules 9 and 10, GDPR art. 15. Questions, answers and refusals alike. What discloses nothing is not listed.
# custom:
#   titolo: I dati comunicati, per classe di accesso
released[class.id] := fields if {
	allow
	some class in input.classes
	own(class)
	class.event in data.maglia.disclosure.events
}

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that the report names the rules applied (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": released,
	"revision": data.maglia.revision,
}
