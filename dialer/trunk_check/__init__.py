"""Try a trunk step by step, without a call, and name the part that is broken."""
