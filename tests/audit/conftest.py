"""Fixtures of the audit tests."""

from tests.audit.fixtures import keys_of_the_test_run

__all__ = ["keys_of_the_test_run"]
