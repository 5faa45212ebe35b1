"""What the pages of the audit trail read."""
