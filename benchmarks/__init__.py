"""Every figure the README quotes, measured beside the raw ceiling of the same machine in the same minutes."""
