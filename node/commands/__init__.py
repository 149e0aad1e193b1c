"""The commands of `maglia-node`, apart from its first day and its daily service."""
