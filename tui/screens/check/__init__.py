"""VERIFICA: what the network knows of a person's help."""
