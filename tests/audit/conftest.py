"""Fixtures of the audit tests."""

from tests.audit.fixtures import flush_past_the_guards, keys_of_the_test_run

__all__ = ["flush_past_the_guards", "keys_of_the_test_run"]
