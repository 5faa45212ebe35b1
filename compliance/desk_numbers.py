"""The numbers of desks and reports, from the shipped pack, each within its floor."""

from collections.abc import Mapping
from functools import cache

from compliance.books import DEFAULT_PACK, read_pack
from compliance.rulebook.dated import check_floor


@cache
def desk_numbers(rule_id: str) -> Mapping[str, int]:
    """Return the pack's numbers for what is done at a desk, or reported, under a rule.

    :raises KeyError: if the pack states none
    :raises FloorError: if a number is looser than its floor
    """
    table = dict(read_pack(DEFAULT_PACK)["desks"][rule_id])
    check_floor(rule_id, table, table.pop("floor", {}))
    if not all(type(number) is int and number > 0 for number in table.values()):
        raise ValueError(f"{rule_id}: every number of a desk is a whole one.")
    return table
