"""Tests of the compliance officer's pages."""
