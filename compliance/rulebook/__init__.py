"""The rulebook: pure functions over frozen facts, with dated and cited numbers."""
