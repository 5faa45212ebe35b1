"""Receipts: what was committed, told to somebody who is not the database."""
