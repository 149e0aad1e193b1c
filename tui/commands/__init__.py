"""Plain-text twins of the screens."""
