"""The numbers of organisations that no campaign may ring, held in memory while they stay the same.

The list only grows, so how many there are names its state; whoever adds to it moves the epoch. The
last row's id would not: a row may commit after one with a higher id.
"""

from functools import lru_cache

from compliance.models import ProtectedNumber


@lru_cache(maxsize=4)
def protected_indexes(count: int) -> frozenset[str]:  # noqa: ARG001 - the cache's key
    """Return the blind indexes, in hex, of every protected number, of which there are `count`."""
    rows = ProtectedNumber.objects.values_list("number_index", flat=True)
    return frozenset(bytes(index).hex() for index in rows.iterator())
