"""ACCREDITAMENTO: the queue, the members, the network's life."""
