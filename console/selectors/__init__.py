"""What the pages read, as values; no page asks the database by itself."""
