"""Maglia: what independently run parties must agree on, byte for byte."""
