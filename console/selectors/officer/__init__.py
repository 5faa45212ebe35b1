"""What the compliance officer's pages read."""
