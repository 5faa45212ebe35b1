"""The rules, one subject a file. Nothing here applies unless a pack lists it."""
