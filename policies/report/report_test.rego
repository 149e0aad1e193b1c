package maglia.report_test

import data.maglia.report

asked := {"id": "0", "event": "question", "concerns": "requester"}

request := {
	"request": {"by": "person", "identified": true, "at": "parish"},
	"names_approved_by": null,
	"classes": [asked],
}

disclosed := ["body", "time", "purpose", "categories"]

decide(changes) := decided if {
	changed := json.patch(request, [{"op": "replace", "path": path, "value": value} | some path, value in changes])
	decided := report.decision with input as changed with data.maglia.revision as "test"
}

test_the_person_learns_who_asked_when_why_and_what_was_disclosed if {
	decide({}) == {"allow": true, "reasons": [], "release": {"0": disclosed}, "revision": "test"}
}

test_nothing_said_is_denied if {
	decided := report.decision with input as {} with data.maglia.revision as "test"
	decided == {"allow": false, "reasons": ["policy.role", "policy.denied"], "release": {}, "revision": "test"}
}

test_no_revision_no_decision if {
	not report.decision with input as request
}

test_the_person_may_ask_at_any_body_of_the_network if {
	every kind in ["comune", "caritas", "food_bank", "health_agency"] {
		decide({"/request/at": kind}).allow
	}
	decide({"/request/at": "bank"}).reasons == ["policy.role"]
}

test_the_data_protection_officer_may_ask_too if {
	decide({"/request": {"by": "dpo", "identified": true}}).allow
}

test_nobody_else_may_ask if {
	every requester in ["volunteer", "officer", "manager", "auditor", "accreditation_officer", "", null] {
		decide({"/request/by": requester}) == {
			"allow": false,
			"reasons": ["policy.role"],
			"release": {}, "revision": "test",
		}
	}
}

test_the_person_must_be_identified if {
	every identified in [false, null, "yes"] {
		decide({"/request/identified": identified}).reasons == ["policy.denied"]
	}
}

test_operators_names_only_after_approval_by_the_dpo if {
	decide({"/names_approved_by": "dpo"}).release["0"] == ["body", "time", "purpose", "categories", "operator"]
	every approver in ["manager", "auditor", "accreditation_officer", "", true, null] {
		decide({"/names_approved_by": approver}).release["0"] == disclosed
	}
}

test_the_dpo_who_asks_has_not_approved_by_asking if {
	decide({"/request": {"by": "dpo", "identified": true}}).release["0"] == disclosed
}

test_nothing_about_others if {
	every concerns in ["household", "other", "", null] {
		decide({"/classes/0/concerns": concerns}).release == {}
	}
}

test_refusals_and_answers_are_told_as_questions_are if {
	every event in ["question", "answer", "refusal"] {
		decide({"/classes/0/event": event}).release == {"0": disclosed}
	}
	decide({"/classes/0/event": "checkpoint"}).release == {}
}
