"""The node's records and log on disk."""
