"""Which industry documents a principal needs, as the rulebook's matrix has it."""

from datetime import datetime

from compliance.editions import book_at

RULE = "CN13-LIC-06"


def documents_needed(industry: str, *, at: datetime) -> tuple[frozenset[str], ...]:
    """Return groups of document kinds; one of each group has to be valid.

    :raises KeyError: if the industry is not in the matrix
    """
    bound = book_at(at).rule(RULE)
    if bound is None:
        raise KeyError(RULE)
    groups: tuple[frozenset[str], ...] = bound.params.groups[industry]
    return groups
