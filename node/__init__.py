"""A body's node: its records, its answers, its questions, its operators' API."""
