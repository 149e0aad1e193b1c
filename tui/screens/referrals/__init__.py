"""RINVII: persons sent to other bodies, and received."""
