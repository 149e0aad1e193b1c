package maglia.question_test

import data.maglia.question

test_every_shareable_facet_of_the_data if {
	every facet, entry in data.maglia.facets {
		question.facet_shareable(facet) == entry.shareable
	}
}

test_special_prefixes if {
	every facet in ["health_x", "disability_x", "addiction_x", "violence_x", "detention_x"] {
		question.special(facet)
	}
	not question.special("food_parcel")
}

test_every_kind_has_a_basis_to_look_for_overlaps if {
	every kind, _ in data.maglia.kinds {
		count(question.bases) > 0 with input as {"asker": {"kind": kind}, "query": {"purpose": "aid_overlap"}}
	}
}
