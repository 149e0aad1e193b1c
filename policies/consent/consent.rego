# METADATA
# scope: package
# title: What a consent must be, to be relied on
# description: |
#   Shared by a question and a referral: it covers the purpose, with the notice that was read; it is in force; it reaches
#   every kind of body that would learn of the person.
# custom:
#   titolo: Come deve essere un consenso perché ci si possa basare su di esso
package maglia.consent

# METADATA
# title: The consent holds for this
# description: GDPR art. 6(1)(a) and 7. It covers the purpose, is in force, and reaches whoever would learn of the person.
# custom:
#   titolo: Il consenso vale per questo
holds if {
	covers
	in_force
	reaches
}

# METADATA
# title: The consent on file
# description: Law rules 2 and 8, GDPR art. 6(1)(a). Undefined when there is none.
# custom:
#   titolo: Il consenso agli atti
given := input.query.basis.consent

# METADATA
# title: The consent covers this purpose and was given on a notice
# description: Law rule 8, GDPR art. 6(1)(a) and 13. The notice has a version and a language.
# custom:
#   titolo: Il consenso comprende questo scopo e fu dato su un'informativa
covers if {
	input.query.purpose in given.purposes
	nonempty(given.notice_version)
	nonempty(given.language)
}

# METADATA
# title: The consent is in force today
# description: |
#   Law rules 2 and 8, GDPR art. 5(1)(e) and 7. Given today or before, not older than the limit, and not past the last
#   day that it names.
# custom:
#   titolo: Il consenso vale oggi
in_force if {
	is_number(given.age_days)
	is_number(given.days_left)
	given.age_days >= 0
	given.age_days <= data.maglia.limits.consent_days
	given.days_left >= 0
}

# METADATA
# title: The consent has expired
# description: GDPR art. 7(1). Said only of a consent that would otherwise do, so that the reason says what to renew.
# custom:
#   titolo: Il consenso è scaduto
expired if {
	covers
	is_number(given.age_days)
	given.age_days > data.maglia.limits.consent_days
}

expired if {
	covers
	is_number(given.days_left)
	given.days_left < 0
}

# METADATA
# title: The consent reaches every kind of body that is asked
# description: Law rule 2, GDPR art. 6(1)(a) and 13(1)(e). Whoever is asked learns of the person.
# custom:
#   titolo: Il consenso comprende ogni tipo di ente che si interroga
reaches if {
	is_array(input.query.asked)
	is_array(given.audience)
	count({kind | some kind in input.query.asked; not kind in given.audience}) == 0
}

# METADATA
# title: A text that says something
# description: A missing notice version or language is no proof of information (GDPR art. 13).
# custom:
#   titolo: Un testo che dice qualcosa
nonempty(text) if {
	is_string(text)
	text != ""
}
