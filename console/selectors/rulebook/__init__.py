"""What the pages of the rulebook read."""
