"""Textual screens, one for each job at the counter."""
