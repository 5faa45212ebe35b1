"""The agent's desk: one seat, its own calls, nothing to look up."""
