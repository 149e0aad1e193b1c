"""Signed bytes, channels, and the translation between messages and core types."""
