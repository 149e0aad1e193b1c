# METADATA
# scope: package
# title: What of an operator's day somebody should look at
# description: |
#   Law rule 12, GDPR art. 32(4): a signal is a reason to look, never a judgement. Each class is one operator's day at one
#   body, counted without any person; for each the signals, as code, what was counted, and from how many on it signals.
# custom:
#   titolo: Che cosa segnalare della giornata di un operatore
package maglia.anomalies

# METADATA
# title: Default deny
# description: Whoever is not to look at operators' days learns nothing (GDPR art. 25).
# custom:
#   titolo: In mancanza di regole, no
default allow := false

# METADATA
# title: Who looks at operators' days
# description: Law rules 3 and 12. The body's own node, which knows the persons, and the auditor, who never does.
# custom:
#   titolo: Chi guarda le giornate degli operatori
allow if input.watcher in data.maglia.signals.watchers

# METADATA
# title: Why nothing is signalled
# description: Law rule 10 wants a refusal with its reason.
# custom:
#   titolo: Perché non si segnala nulla
reasons := [reason | not allow; some reason in ["policy.role"]]

# METADATA
# title: A holiday
# description: Law rule 12. Every year's by month and day, a single year's, such as Easter Monday, by the whole date.
# custom:
#   titolo: Un giorno festivo
holiday(class) if {
	some day in data.maglia.signals.holidays
	endswith(class.date, day)
}

# METADATA
# title: The hours of work of that day
# description: Law rule 12. Of the body's group, by the day of the week; a holiday has those of a Sunday.
# custom:
#   titolo: L'orario di lavoro di quel giorno
hours(class) := data.maglia.signals.hours[data.maglia.kinds[class.kind].group][class.weekday] if not holiday(class)

hours(class) := data.maglia.signals.hours[data.maglia.kinds[class.kind].group].sun if holiday(class)

# METADATA
# title: A moment within the hours of work
# description: Law rule 12. Moments are quarters of an hour by the clock on the wall, such as 08:15.
# custom:
#   titolo: Un momento in orario di lavoro
at_work(spans, at) if {
	some span in spans
	at >= span[0]
	at < span[1]
}

# METADATA
# title: Questions outside given hours
# description: Law rule 12. How many were asked at those of the moments that lie in none of the spans.
# custom:
#   titolo: Domande fuori da certi orari
outside(spans, moments) := sum([moment.checks |
	some moment in moments
	not at_work(spans, moment.at)
])

# METADATA
# title: Questions out of hours
# description: Law rule 12. How many were asked outside the hours of work of that day; none where the data have no hours.
# custom:
#   titolo: Domande fuori orario
out_of_hours(class) := sum([outside(spans, class.moments) | spans := hours(class)])

# METADATA
# title: From how many on it signals
# description: Law rule 12. For the operator's role, where it is known and has a number of its own, else for everybody.
# custom:
#   titolo: Da quante in poi si segnala
from(day, rule) := object.get(object.get(rule, "roles", {}), object.get(day, "role", ""), rule.from)

# METADATA
# title: It is a large part
# description: Law rule 12. Where the rule names a share, in percent of another count; a busy counter is no anomaly.
# custom:
#   titolo: È una gran parte
large_part(_, rule) if not rule.share

large_part(day, rule) if day[rule.counts] * 100 >= rule.share * day[rule.of]

# METADATA
# title: What a rule says of a day
# description: Law rule 12. The rule's code, how many there were, and from how many on it signals; enough of them, and a large part.
# custom:
#   titolo: Che cosa dice una regola di una giornata
signal(day, code) := sprintf("%s %d %d", [code, day[rule.counts], from(day, rule)]) if {
	rule := data.maglia.signals.rules[code]
	day[rule.counts] >= from(day, rule)
	large_part(day, rule)
}

# METADATA
# title: What is said of a class
# description: |
#   Law rule 12. Of a day its signals, in the order of their codes. Of a fact how many days the rules that count it look
#   back, and how many they wait for aid to follow, as ISO 8601 writes it, so that whoever counts knows.
# custom:
#   titolo: Che cosa si dice di una classe
found(class) := [signal(day, code) |
	day := object.union(class, {"out_of_hours": out_of_hours(class)})
	some code in object.keys(data.maglia.signals.rules)
] if {
	class.sort == "day"
}

found(class) := [sprintf("%s P%dD", [length, rule[length]]) |
	some rule in data.maglia.signals.rules
	rule.counts == class.fact
	some length in ["days", "grace_days"]
] if {
	class.sort == "fact"
}

# METADATA
# title: The signals, by class
# description: Law rule 12. What signals nothing is not listed.
# custom:
#   titolo: I segnali, per classe
raised[class.id] := sort(said) if {
	allow
	some class in input.classes
	said := found(class)
	said != []
}

# METADATA
# title: The decision document
# description: Carries the revision of the bundle, so that a signal is known to come from the rules in force (law rule 10).
# entrypoint: true
# custom:
#   titolo: Il documento della decisione
decision := {
	"allow": allow,
	"reasons": reasons,
	"release": raised,
	"revision": data.maglia.revision,
}
