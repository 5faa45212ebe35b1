"""Digests of the registers, so that a change that went past the trail shows the night after."""
