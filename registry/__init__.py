"""The accreditation registry: members, directory, cards, evaluation, witness."""
