"""Fixtures of this folder."""

from tests.compliance.imports.fixtures import house, static_folder

__all__ = ["house", "static_folder"]
