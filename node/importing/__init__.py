"""Lists that a body puts on file: aid, and who lives where."""
