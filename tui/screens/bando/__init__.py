"""BANDO: a call for applicants, in five steps."""
