"""Use cases of dialling, one a file."""
