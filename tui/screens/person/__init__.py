"""PERSONA: what this body has on file of one person."""
