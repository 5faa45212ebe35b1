"""Anchors: copies of a checkpoint where nobody who runs this database can change them."""
