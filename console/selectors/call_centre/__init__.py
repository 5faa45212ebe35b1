"""What the call centre's pages read."""
