"""What nodes and the registry keep in SQL alike: the engine's settings, and a log's storage."""
