"""RESOCONTI: who looked a person up, for that person."""
