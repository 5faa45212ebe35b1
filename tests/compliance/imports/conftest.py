"""Fixtures of this folder."""

from tests.compliance.imports.fixtures import house

__all__ = ["house"]
