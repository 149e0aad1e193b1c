"""Rules and formats without network or stubs: identity, pseudonyms, log, vocabulary, errors."""
