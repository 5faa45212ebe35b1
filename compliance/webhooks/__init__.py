"""Telling other programs what happened: events from the sealed trail, signed, sent until taken."""
