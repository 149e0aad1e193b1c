package maglia.release_test

import data.maglia.release

presence := ["facet", "month", "amount_band", "kind", "status", "reserved"]

detail := array.concat(presence, ["date", "amount", "body", "contact", "objection", "owed"])

record := {
	"id": "0",
	"facet": "rent_arrears",
	"basis": "consent",
	"consent": "match",
	"objection": false,
	"visibility": "network",
	"status": "given",
	"age": "in_window",
}

statutory := object.union(record, {"basis": "public_task", "consent": "none"})

subsidy := {
	"asker": {"kind": "comune", "purposes": ["aid_overlap", "rent_subsidy"]},
	"query": {
		"purpose": "rent_subsidy",
		"facet": "rent_arrears",
		"months": 12,
		"basis": "public_task",
		"case": true,
		"procedure": false,
	},
	"responder": {"kind": "onlus"},
	"classes": [record],
	"day": "2026-11-21",
}

overlap := {
	"asker": {"kind": "parish", "purposes": ["aid_overlap"]},
	"query": {
		"purpose": "aid_overlap",
		"facet": "rent_arrears",
		"months": 6,
		"basis": "consent",
		"case": false,
		"procedure": false,
	},
	"responder": {"kind": "onlus"},
	"classes": [record],
	"day": "2026-11-21",
}

decide(question, path, value) := decided if {
	changed := json.patch(question, [{"op": "replace", "path": path, "value": value}])
	decided := release.decision with input as changed with data.maglia.revision as "test"
}

refused(question, path, value) := decided.reasons if {
	decided := decide(question, path, value)
	decided.allow == false
	decided.release == {}
}

shown(question, responder, class) := decided.release if {
	decided := release.decision with input as object.union(question, {"responder": {"kind": responder}, "classes": [class]})
		with data.maglia.revision as "test"
	decided.allow == true
}

test_presence_to_a_parish if {
	release.decision == {"allow": true, "reasons": [], "release": {"0": presence}, "revision": "test"} with input as overlap
		with data.maglia.revision as "test"
}

test_detail_to_a_comune_with_a_case if {
	shown(subsidy, "onlus", record) == {"0": detail}
	shown(subsidy, "comune", statutory) == {"0": detail}
}

test_presence_to_a_comune_that_only_looks_for_overlaps if {
	asking := object.union(subsidy, {"query": {"purpose": "aid_overlap"}})
	shown(asking, "onlus", record) == {"0": presence}
}

test_a_giver_is_its_kind_below_detail if {
	not "body" in shown(overlap, "parish", record)["0"]
	not "contact" in shown(overlap, "parish", record)["0"]
}

test_when_help_was_promised_is_shown_at_presence_and_what_is_owed_in_all_is_not if {
	promised := object.union(record, {"status": "reserved"})
	"reserved" in shown(overlap, "parish", promised)["0"]
	not "owed" in shown(overlap, "parish", promised)["0"]
	"owed" in shown(subsidy, "parish", promised)["0"]
}

test_nothing_said_is_denied if {
	release.decision.allow == false with input as {} with data.maglia.revision as "test"
}

test_no_revision_no_decision if {
	not release.decision with input as overlap
}

test_refusals_name_their_reason if {
	refused(overlap, "/query/purpose", "curiosity") == ["policy.purpose"]
	refused(overlap, "/asker/purposes", []) == ["policy.purpose"]
	refused(subsidy, "/asker/kind", "caritas") == ["policy.purpose"]
	refused(overlap, "/query/facet", "violence_shelter") == ["policy.facet"]
	refused(subsidy, "/query/facet", "gas") == ["policy.facet"]
	refused(overlap, "/query/basis", "public_task") == ["policy.basis"]
	refused(overlap, "/query/basis", "none") == ["policy.basis"]
	refused(subsidy, "/query/basis", "none") == ["policy.basis"]
	refused(subsidy, "/query/basis", "consent") == ["policy.basis"]
	refused(subsidy, "/query/case", false) == ["consent.case_missing"]
	refused(overlap, "/query/months", 37) == ["policy.denied"]
}

test_a_consent_that_does_not_hold_hides_the_record if {
	every change in [
		{"consent": "mismatch"}, {"consent": "expired"}, {"consent": "withdrawn"},
		{"consent": "none"}, {"objection": true},
	] {
		shown(overlap, "onlus", object.union(record, change)) == {}
		shown(subsidy, "onlus", object.union(record, change)) == {}
	}
}

test_statutory_records_stay_with_the_objection_shown if {
	every change in [{"consent": "withdrawn"}, {"objection": true}] {
		shown(subsidy, "comune", object.union(statutory, change)) == {"0": detail}
	}
}

test_no_statutory_record_in_the_third_sector if {
	shown(overlap, "onlus", statutory) == {}
}

test_what_is_not_meant_in_force_or_in_time_is_hidden if {
	every change in [
		{"visibility": "only_us"}, {"status": "cancelled"}, {"status": "corrected"},
		{"age": "out_of_window"}, {"age": "expired"}, {"basis": "none"},
	] {
		shown(overlap, "onlus", object.union(record, change)) == {}
		shown(subsidy, "comune", object.union(statutory, change)) == {}
	}
}

test_only_the_family_asked_about if {
	shown(overlap, "onlus", object.union(record, {"facet": "rent_deposit"})) == {"0": presence}
	shown(overlap, "onlus", object.union(record, {"facet": "electricity"})) == {}
}

test_special_and_unknown_facets_never_leave if {
	shown(subsidy, "comune", object.union(statutory, {"facet": "disability_home"})) == {}
	shown(subsidy, "comune", object.union(statutory, {"facet": "lottery"})) == {}
}

test_special_class_stays_hidden_though_the_data_list_it if {
	listed := {"family": "housing", "shareable": true}
	decided := release.decision with input as object.union(
		subsidy,
		{"classes": [object.union(record, {"facet": "disability_home"})]},
	)
		with data.maglia.facets.disability_home as listed
		with data.maglia.revision as "test"
	decided.release == {}
}

test_medicine_is_never_shown_in_detail if {
	call := object.union(subsidy, {
		"asker": {"purposes": ["call_for_applicants"]},
		"query": {"purpose": "call_for_applicants", "facet": "medicine", "procedure": true},
	})
	shown(call, "onlus", object.union(record, {"facet": "medicine"})) == {"0": presence}
}

test_an_unknown_kind_of_responder_releases_nothing if {
	shown(overlap, "bank", record) == {}
}

test_a_case_does_not_make_a_parish_public if {
	claimed := json.patch(overlap, [{"op": "replace", "path": "/query/case", "value": true}])
	refused(claimed, "/query/basis", "public_task") == ["policy.basis"]
}

test_nothing_is_a_level if {
	decided := release.decision with input as overlap
		with data.maglia.levels.third_sector.aid_overlap.third_sector as {"*": "presence", "rent_arrears": "nothing"}
		with data.maglia.revision as "test"
	decided.allow
	decided.release == {}
}

test_a_facet_closed_by_the_office_is_not_shown if {
	asked := json.patch(overlap, [{"op": "replace", "path": "/query/facet", "value": "rent_current"}])
	decided := release.decision with input as asked
		with data.maglia.facets.rent_arrears.shareable as false
		with data.maglia.revision as "test"
	decided.allow
	decided.release == {}
}

test_a_refusal_never_lacks_a_reason if {
	decided := release.decision with input as overlap
		with data.maglia.kinds.parish.group as "unheard_of"
		with data.maglia.revision as "test"
	decided.allow == false
	decided.reasons == ["policy.denied"]
}
