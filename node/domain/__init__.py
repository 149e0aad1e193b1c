"""Rules of a node without any input or output."""
