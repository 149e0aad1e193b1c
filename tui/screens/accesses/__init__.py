"""ACCESSI: the network's log, read for whoever answers for it."""
