"""The console: screens and their plain-text twins."""
