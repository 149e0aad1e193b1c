"""Papers that a person is given or signs: their texts, one file for each version and language, and how they are set."""
