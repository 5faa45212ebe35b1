"""Reads of the frame's own pages."""
