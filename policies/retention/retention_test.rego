package maglia.retention_test

import data.maglia.facets
import data.maglia.retention

term_of(class) := object.get(decided.release, "it", []) if {
	decided := retention.decision with input as {"holder": "node", "classes": [object.union(class, {"id": "it"})]}
		with data.maglia.revision as "test"
	decided.allow
}

aid(facet) := {"sort": "aid", "facet": facet, "basis": "consent"}

test_rent_and_utilities_three_years if {
	every facet in ["rent_arrears", "rent_current", "rent_deposit", "electricity", "gas", "water", "heating"] {
		term_of(aid(facet)) == ["P36M"]
	}
}

test_food_and_goods_two_years if {
	every facet in ["food_parcel", "food_voucher", "canteen", "basic_goods", "medicine", "school"] {
		term_of(aid(facet)) == ["P24M"]
	}
}

test_every_facet_has_a_term_of_its_own if {
	every facet, _ in facets {
		data.maglia.terms.node.aid[facet]
	}
}

test_special_and_unknown_facets_two_years if {
	every facet in ["health_therapy", "violence_shelter", "lottery", "", null] {
		term_of(aid(facet)) == ["P24M"]
	}
}

test_statutory_aid_as_the_act_says if {
	act := {"sort": "aid", "facet": "food_parcel", "basis": "public_task"}
	term_of(object.union(act, {"act_months": 120})) == ["P120M"]
	term_of(object.union(act, {"act_months": 6})) == ["P6M"]
	every unclear in [0, -1, 1201, 1.5, "120", null, true] {
		term_of(object.union(act, {"act_months": unclear})) == ["P24M"]
	}
}

test_no_act_on_consent if {
	term_of(object.union(aid("food_parcel"), {"act_months": 120})) == ["P24M"]
}

test_findings_thirty_days_and_the_log_two_years if {
	term_of({"sort": "finding"}) == ["P30D"]
	term_of({"sort": "log"}) == ["P24M"]
}

test_what_nobody_knows_is_not_kept if {
	every sort in ["photograph", "aid_list", "other_aid", "", null] {
		term_of({"sort": sort}) == []
	}
}

test_nothing_said_is_denied if {
	every said in [{}, {"holder": "stranger"}, {"holder": null, "classes": [aid("gas")]}] {
		decided := retention.decision with input as said with data.maglia.revision as "test"
		decided == {"allow": false, "reasons": ["policy.denied"], "release": {}, "revision": "test"}
	}
}

test_no_revision_no_decision if {
	not retention.decision with input as {"holder": "node", "classes": []}
}
