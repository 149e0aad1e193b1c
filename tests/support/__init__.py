"""Peers that speak the real transport, for tests of the parts that call them."""
