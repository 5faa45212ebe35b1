"""Fixtures of this folder."""

from tests.audit.fixtures import flush_past_the_guards, keys_of_the_test_run
from tests.compliance.imports.fixtures import house, static_folder

__all__ = ["flush_past_the_guards", "house", "keys_of_the_test_run", "static_folder"]
