"""Fixtures of this folder."""

from tests.compliance.imports.fixtures import house, refusals

__all__ = ["house", "refusals"]
