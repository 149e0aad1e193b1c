"""Rules of the registry without any input or output."""
