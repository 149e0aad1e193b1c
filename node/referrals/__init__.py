"""Persons sent to other bodies, and received."""
