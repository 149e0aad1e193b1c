"""The node's way out: peers and the registry."""
