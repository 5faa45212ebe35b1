"""Three counts of the same calls."""
