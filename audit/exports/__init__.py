"""Bundles that prove what they hold, and renderings of them for people."""
