package maglia.refer_test

import data.maglia.refer

sent := {
	"asker": {"kind": "parish", "purposes": ["aid_overlap", "referral"]},
	"operator": {"role": "volunteer"},
	"addressee": {"purposes": ["referral"], "facets": ["rent_arrears"]},
	"query": {
		"purpose": "referral",
		"facet": "rent_arrears",
		"asked": ["comune"],
		"basis": {"kind": "consent", "case": false, "procedure": false, "consent": {
			"purposes": ["referral"],
			"audience": ["comune"],
			"notice_version": "2026-01",
			"language": "it",
			"age_days": 0,
			"days_left": 365,
		}},
	},
	"day": "2026-11-21",
}

refused(path, value) := decided.reasons if {
	changed := json.patch(sent, [{"op": "replace", "path": path, "value": value}])
	decided := refer.decision with input as changed with data.maglia.revision as "test"
	decided.allow == false
}

test_a_volunteer_sends_a_person_who_consented if {
	refer.decision == {"allow": true, "reasons": [], "revision": "test"} with input as sent
		with data.maglia.revision as "test"
}

test_nothing_said_is_denied if {
	refer.decision.allow == false with input as {} with data.maglia.revision as "test"
}

test_no_revision_no_decision if {
	not refer.decision with input as sent
}

test_a_question_is_no_referral if {
	"policy.purpose" in refused("/query/purpose", "aid_overlap")
	refused("/asker/purposes", ["aid_overlap"]) == ["policy.purpose"]
}

test_an_administrator_sends_nobody if {
	refused("/operator/role", "node_admin") == ["policy.role"]
}

test_special_and_unknown_facets_never_leave if {
	refused("/query/facet", "health_therapy") == ["policy.facet", "policy.taker"]
	refused("/query/facet", "lottery") == ["policy.facet", "policy.taker"]
}

test_only_who_gives_such_aid_and_takes_referrals_is_told if {
	refused("/addressee/facets", ["food_parcel"]) == ["policy.taker"]
	refused("/addressee/purposes", ["aid_overlap"]) == ["policy.taker"]
}

test_the_consent_is_for_referrals_recent_and_reaches_that_kind if {
	every change in [{"purposes": ["aid_overlap"]}, {"audience": ["parish"]}, {"notice_version": ""}, {"language": ""}] {
		some field, value in change
		refused(concat("/", ["/query/basis/consent", field]), value) == ["consent.missing"]
	}
	refused("/query/basis/consent/age_days", 366) == ["consent.expired"]
	refused("/query/basis/consent/days_left", -1) == ["consent.expired"]
}

test_a_public_task_sends_nobody if {
	basis := {"kind": "public_task", "case": true, "procedure": true, "consent": null}
	refused("/query/basis", basis) == ["consent.missing"]
}
