"""Who looked a person up, told to that person (GDPR art. 15)."""
