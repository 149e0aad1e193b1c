"""REGISTRA: help that is promised or given."""
