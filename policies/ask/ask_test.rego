package maglia.ask_test

import data.maglia.ask

volunteer_question := {
	"asker": {"kind": "parish", "purposes": ["aid_overlap", "referral"], "facets": ["food_parcel", "basic_goods"]},
	"operator": {"role": "volunteer"},
	"query": {
		"purpose": "aid_overlap",
		"facet": "food_voucher",
		"months": 6,
		"asked": ["comune", "onlus"],
		"basis": {"kind": "consent", "case": false, "procedure": false, "consent": {
			"purposes": ["aid_overlap"],
			"audience": ["comune", "onlus", "parish"],
			"notice_version": "2026-01",
			"language": "it",
			"age_days": 0,
			"days_left": 365,
		}},
	},
	"day": "2026-11-21",
}

officer_question := {
	"asker": {"kind": "comune", "purposes": ["aid_overlap", "rent_subsidy"], "facets": ["rent_arrears"]},
	"operator": {"role": "officer"},
	"query": {
		"purpose": "rent_subsidy",
		"facet": "rent_arrears",
		"months": 12,
		"asked": ["onlus", "parish"],
		"basis": {"kind": "public_task", "case": true, "procedure": false, "consent": null},
	},
	"day": "2026-11-21",
}

decide(question, path, value) := decided if {
	changed := json.patch(question, [{"op": "replace", "path": path, "value": value}])
	decided := ask.decision with input as changed with data.maglia.revision as "test"
}

refused(question, path, value) := decided.reasons if {
	decided := decide(question, path, value)
	decided.allow == false
}

test_volunteer_with_consent_may_ask if {
	ask.decision == {"allow": true, "reasons": [], "revision": "test"} with input as volunteer_question
		with data.maglia.revision as "test"
}

test_officer_with_a_case_may_ask if {
	ask.decision.allow with input as officer_question with data.maglia.revision as "test"
}

test_nothing_said_is_denied if {
	ask.decision.allow == false with input as {} with data.maglia.revision as "test"
}

test_no_revision_no_decision if {
	not ask.decision with input as volunteer_question
}

test_purpose_must_be_known_granted_and_of_the_kind if {
	refused(volunteer_question, "/query/purpose", "curiosity") == ["policy.purpose"]
	refused(volunteer_question, "/query/purpose", "audit")[0] == "policy.purpose"
	refused(volunteer_question, "/asker/purposes", [])[0] == "policy.purpose"
	refused(officer_question, "/asker/kind", "parish")[0] == "policy.purpose"
}

test_volunteer_may_only_consult if {
	refused(officer_question, "/operator/role", "volunteer") == ["policy.role"]
	refused(volunteer_question, "/operator/role", "node_admin") == ["policy.role"]
}

test_special_and_unknown_facets_are_never_asked if {
	refused(volunteer_question, "/query/facet", "health_therapy") == ["policy.facet"]
	refused(volunteer_question, "/query/facet", "lottery") == ["policy.facet"]
}

test_special_facet_stays_denied_though_the_data_list_it if {
	listed := {"family": "food", "shareable": true}
	decided := ask.decision with input as json.patch(
		volunteer_question,
		[{"op": "replace", "path": "/query/facet", "value": "health_diet"}],
	)
		with data.maglia.facets.health_diet as listed
		with data.maglia.revision as "test"
	decided.reasons == ["policy.facet"]
}

test_facet_must_fit_purpose_and_accreditation if {
	refused(officer_question, "/query/facet", "electricity") == ["policy.facet"]
	refused(volunteer_question, "/query/facet", "rent_arrears") == ["policy.facet"]
}

test_third_sector_has_no_public_task if {
	basis := {"kind": "public_task", "case": true, "procedure": true, "consent": null}
	refused(volunteer_question, "/query/basis", basis) == ["policy.basis"]
}

test_a_subsidy_is_not_asked_on_consent if {
	refused(officer_question, "/query/basis", volunteer_question.query.basis) == ["policy.basis"]
}

test_what_is_missing_is_named if {
	nothing := {"kind": "none", "case": false, "procedure": false, "consent": null}
	refused(volunteer_question, "/query/basis", nothing) == ["consent.missing"]
	refused(officer_question, "/query/basis", nothing) == ["consent.case_missing"]
	refused(officer_question, "/query/basis/case", false) == ["consent.case_missing"]
}

test_a_consent_must_be_provable_recent_and_for_this_purpose if {
	every change in [
		{"purposes": ["referral"]},
		{"notice_version": null},
		{"language": null}, {"notice_version": ""}, {"language": ""},
		{"age_days": -1}, {"age_days": "0"}, {"days_left": "0"}, {"days_left": null},
		{"audience": ["onlus"]}, {"audience": []}, {"audience": null},
	] {
		some field, value in change
		refused(volunteer_question, concat("/", ["/query/basis/consent", field]), value) == ["consent.missing"]
	}
}

test_an_expired_consent_is_named_as_such if {
	every change in [{"age_days": 366}, {"days_left": -1}] {
		some field, value in change
		refused(volunteer_question, concat("/", ["/query/basis/consent", field]), value) == ["consent.expired"]
	}
	decide(volunteer_question, "/query/basis/consent/days_left", 0).allow
}

test_everybody_asked_is_reached_by_the_consent if {
	refused(volunteer_question, "/query/asked", ["comune", "odv"]) == ["consent.missing"]
	refused(volunteer_question, "/query/asked", null) == ["consent.missing"]
	decide(volunteer_question, "/query/asked", []).allow
	decide(officer_question, "/query/asked", ["bank"]).allow
}

test_months_have_a_limit if {
	refused(volunteer_question, "/query/months", 0) == ["policy.denied"]
	refused(volunteer_question, "/query/months", 37) == ["policy.denied"]
	refused(volunteer_question, "/query/months", "6") == ["policy.denied"]
}

test_an_unknown_purpose_is_the_only_reason if {
	unknown := json.patch(volunteer_question, [{"op": "replace", "path": "/query/purpose", "value": "curiosity"}])
	refused(unknown, "/query/basis/kind", "none") == ["policy.purpose"]
}

test_a_comune_with_an_old_consent_lacks_the_consent if {
	overlap := json.patch(officer_question, [
		{"op": "replace", "path": "/query/purpose", "value": "aid_overlap"},
		{"op": "replace", "path": "/query/basis", "value": volunteer_question.query.basis},
	])
	decide(overlap, "/query/months", 6).allow
	refused(overlap, "/query/basis/consent/age_days", 400) == ["consent.expired"]
}

test_a_facet_closed_by_the_office_is_not_asked if {
	decided := ask.decision with input as volunteer_question
		with data.maglia.facets.food_voucher.shareable as false
		with data.maglia.revision as "test"
	decided.reasons == ["policy.facet"]
}

test_a_refusal_never_lacks_a_reason if {
	decided := ask.decision with input as volunteer_question
		with data.maglia.kinds.parish.group as "unheard_of"
		with data.maglia.revision as "test"
	decided.allow == false
	decided.reasons == ["policy.denied"]
}
