"""The wire equals the permits: counts of the same calls by those who count for themselves."""
