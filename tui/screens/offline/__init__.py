"""SENZA RETE: the counter while its node does not answer."""
