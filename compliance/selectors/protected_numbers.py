"""The numbers of organisations that no campaign may ring, held in memory while they stay the same.

The list only grows, so its last row names its state; whoever adds to it moves the epoch.
"""

from functools import lru_cache

from compliance.models import ProtectedNumber


@lru_cache(maxsize=4)
def protected_indexes(last_id: int) -> frozenset[str]:
    """Return the blind indexes, in hex, of every protected number up to row `last_id`."""
    rows = ProtectedNumber.objects.filter(pk__lte=last_id).values_list("number_index", flat=True)
    return frozenset(bytes(index).hex() for index in rows.iterator())
