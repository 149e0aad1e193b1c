"""The log of this body: checked, guarded, searched, and ended at its term."""
