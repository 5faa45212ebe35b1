"""The numbers that an import is held against, from the pack, each within its floor."""

from collections.abc import Mapping
from functools import cache

from compliance.books import DEFAULT_PACK, read_pack
from compliance.rulebook.dated import check_floor


@cache
def limits(rule_id: str) -> Mapping[str, int]:
    """Return the pack's numbers for the import check of a rule.

    :raises KeyError: if the pack states none
    :raises FloorError: if a number is looser than its floor
    """
    table = dict(read_pack(DEFAULT_PACK)["imports"][rule_id])
    floor = table.pop("floor", {})
    check_floor(rule_id, table, floor)
    if not all(type(number) is int and number > 0 for number in table.values()):
        raise ValueError(f"{rule_id}: every number of an import check is a whole one.")
    return table
