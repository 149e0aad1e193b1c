"""Doors of the registry."""
