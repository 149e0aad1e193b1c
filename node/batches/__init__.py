"""Calls for applicants: a file, its rows, its runs."""
