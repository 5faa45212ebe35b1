"""What proves how a person came to be called: assembled in seconds, the same bytes every time."""
