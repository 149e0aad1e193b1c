"""A whole fictional district on loopback."""
