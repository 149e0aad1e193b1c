package maglia.rpc_test

import data.maglia.rpc

roles := ["volunteer", "social_worker", "officer", "manager", "node_admin"]

callers_of(door, method, callers) := object.get(decided.release, "it", []) if {
	decided := rpc.decision with input as {"door": door, "callers": callers, "classes": [{"id": "it", "method": method}]}
		with data.maglia.revision as "test"
}

test_nothing_said_is_denied if {
	decided := rpc.decision with input as {} with data.maglia.revision as "test"
	decided == {"allow": false, "reasons": ["session.role"], "release": {}, "revision": "test"}
}

test_no_revision_no_decision if {
	not rpc.decision with input as {"door": "node_front", "callers": roles, "classes": []}
}

test_a_known_door_alone_grants_nothing if {
	decided := rpc.decision with input as {"door": "node_front"} with data.maglia.revision as "test"
	decided == {"allow": true, "reasons": [], "release": {}, "revision": "test"}
}

test_an_unknown_door_admits_nobody if {
	calls := [{"id": "it", "method": "OperatorService/Check"}]
	decided := rpc.decision with input as {"door": "back", "callers": roles, "classes": calls}
		with data.maglia.revision as "test"
	decided.allow == false
	decided.release == {}
}

at_the_counter := {
	"Check", "CheckHousehold", "RetrySilent", "AddAid", "AddNamedAid", "FindNames", "AddConsent", "GetConsents",
	"WithdrawConsent", "RefuseConsent", "AddObjection", "MarkTold", "ListExpiringConsents",
}

test_the_counter_asks_and_records if {
	counter := ["volunteer", "social_worker", "officer", "manager"]
	every method in at_the_counter {
		callers_of("node_front", concat("/", ["OperatorService", method]), roles) == counter
	}
}

test_a_volunteer_administers_nothing if {
	every method in ["AddOperator", "GetSpending", "ImportRecords", "Repseudonymize", "AddCase"] {
		callers_of("node_front", concat("/", ["OperatorService", method]), ["volunteer"]) == []
	}
}

test_an_administrator_sees_no_person if {
	every method in at_the_counter | {"AddCase"} {
		callers_of("node_front", concat("/", ["OperatorService", method]), ["node_admin"]) == []
	}
}

test_an_unknown_call_or_caller_is_granted_nothing if {
	callers_of("node_front", "OperatorService/EraseLog", roles) == []
	callers_of("node_front", "OperatorService/Check", ["stranger", "accreditation_officer", "dpo"]) == []
	callers_of("node_front", ["OperatorService/Check"], roles) == []
	callers_of("node_front", "OperatorService/Check", "volunteer") == []
}

test_a_call_of_another_door_is_not_granted if {
	callers_of("node_peer", "OperatorService/Check", roles) == []
	callers_of("node_front", "ExchangeService/Ask", ["member"]) == []
	callers_of("registry_front", "PseudonymService/Evaluate", ["member", "anybody"]) == []
}

test_members_ask_members_and_the_registry if {
	callers_of("node_peer", "ExchangeService/Ask", ["anybody", "member"]) == ["member"]
	callers_of("registry_peer", "PseudonymService/Evaluate", ["anybody", "member"]) == ["member"]
}

test_an_auditor_reads_budgets_and_signs_nothing if {
	network := ["accreditation_officer", "auditor", "dpo"]
	callers_of("registry_front", "OfficeService/GetBudgets", network) == ["accreditation_officer", "auditor"]
	callers_of("registry_front", "OfficeService/SignDraft", network) == ["accreditation_officer"]
}
