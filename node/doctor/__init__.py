"""The doctor: what can be found of a node from its own machine, whether it serves or not."""
