"""Fixtures of this folder."""

from tests.compliance.imports.fixtures import house
from tests.dialer.imports.lists import good, mixed

__all__ = ["good", "house", "mixed"]
