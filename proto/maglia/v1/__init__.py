"""Committed stubs of the protocol, version 1."""
