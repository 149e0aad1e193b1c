package maglia.anomalies_test

import data.maglia.anomalies

friday := {
	"id": "it", "sort": "day", "kind": "parish", "role": "volunteer", "date": "2026-11-20", "weekday": "fri",
	"moments": [{"at": "10:15", "checks": 8}], "checks": 8, "busiest_hour": 8, "refusals": 0, "reports": 0,
	"own_surname": 0, "colleague_surname": 0, "misses": 2, "of_one_person": 1, "persons": 8, "without_aid": 1,
}

signals(changes) := object.get(decided.release, "it", []) if {
	decided := anomalies.decision with input as {"watcher": "node", "classes": [object.union(friday, changes)]}
		with data.maglia.revision as "test"
	decided.allow
}

at(moment, date, weekday, kind) := signals({"moments": [{"at": moment, "checks": 1}], "date": date, "weekday": weekday, "kind": kind})

test_a_normal_day_signals_nothing if {
	signals({}) == []
}

test_nothing_said_is_denied if {
	decided := anomalies.decision with input as {} with data.maglia.revision as "test"
	decided == {"allow": false, "reasons": ["policy.role"], "release": {}, "revision": "test"}
}

test_no_revision_no_decision if {
	not anomalies.decision with input as {"watcher": "node", "classes": []}
}

test_nobody_else_looks_at_operators_days if {
	every watcher in ["manager", "dpo", "accreditation_officer", "", null] {
		decided := anomalies.decision with input as {"watcher": watcher, "classes": [object.union(friday, {"own_surname": 1})]}
			with data.maglia.revision as "test"
		decided.release == {}
	}
}

test_out_of_hours_by_the_bodys_own_hours if {
	at("19:15", "2026-11-20", "fri", "comune") == []
	at("19:30", "2026-11-20", "fri", "comune") == ["out_of_hours 1 1"]
	at("19:30", "2026-11-20", "fri", "parish") == []
	at("22:00", "2026-11-20", "fri", "parish") == ["out_of_hours 1 1"]
	at("07:15", "2026-11-20", "fri", "parish") == ["out_of_hours 1 1"]
	at("10:00", "2026-11-22", "sun", "comune") == ["out_of_hours 1 1"]
}

test_the_quarter_in_which_it_opens_is_at_work_and_the_one_in_which_it_closes_is_not if {
	at("07:15", "2026-11-20", "fri", "comune") == ["out_of_hours 1 1"]
	at("07:30", "2026-11-20", "fri", "comune") == []
	at("08:00", "2026-11-22", "sun", "parish") == []
	at("20:00", "2026-11-22", "sun", "parish") == ["out_of_hours 1 1"]
}

test_access_reports_from_the_fourth_in_a_day_on if {
	signals({"reports": 3}) == []
	signals({"reports": 4}) == ["many_reports 4 4"]
	signals({"reports": 4, "role": "officer"}) == ["many_reports 4 4"]
}

test_a_holiday_has_the_hours_of_a_sunday if {
	at("10:00", "2026-12-25", "fri", "comune") == ["out_of_hours 1 1"]
	at("10:00", "2026-12-25", "fri", "parish") == []
	at("21:00", "2027-03-29", "mon", "parish") == ["out_of_hours 1 1"]
	at("21:00", "2028-03-29", "wed", "parish") == []
}

test_a_role_with_a_number_of_its_own if {
	signals({"checks": 25}) == ["bulk_day 25 25"]
	signals({"checks": 25, "role": "officer"}) == []
	signals({"checks": 150, "role": ""}) == ["bulk_day 150 150"]
}

test_many_misses_only_where_they_are_most if {
	signals({"misses": 10, "checks": 14}) == ["many_misses 10 10"]
	signals({"misses": 10, "checks": 15}) == []
}

test_what_nobody_counted_signals_nothing if {
	every fact in ["misses", "persons", "without_aid", "of_one_person", "own_surname"] {
		input_day := object.remove(object.union(friday, {"own_surname": 1, "of_one_person": 5}), [fact])
		decided := anomalies.decision with input as {"watcher": "auditor", "classes": [input_day]}
			with data.maglia.revision as "test"
		decided.allow
	}
	decided := anomalies.decision with input as {"watcher": "auditor", "classes": [{"id": "it", "sort": "day"}]}
		with data.maglia.revision as "test"
	decided.release == {}
}

test_every_rule_counts_something_and_is_named_in_both_languages if {
	every rule in data.maglia.signals.rules {
		rule.it != rule.en
		rule.from >= 1
	}
}
