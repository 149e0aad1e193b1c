"""Doors of the node: peers ask here, the console asks here."""
