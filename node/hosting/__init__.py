"""Several bodies' nodes on one machine, and a body's way from one machine to another."""
