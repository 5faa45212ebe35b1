"""Use cases, one a file: the change and its audit entry commit together."""
