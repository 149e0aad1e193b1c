"""A guided first hour on a demonstration network: the four people's work, done with the real screens and commands."""
