"""The edge in production: its configuration, and its log."""
