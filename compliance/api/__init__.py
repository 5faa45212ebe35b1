"""The programming interface: one class per operation."""
