"""Dated numbers of a pack, and the floors below which nothing can loosen them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_PLAIN = frozenset((str, int, bool, float))
_TIME = re.compile("([0-9]{2}):([0-5][0-9])")


class FloorError(ValueError):
    """A number of a pack is looser than the floor that the law or the house sets."""


def jsonable(value: Any) -> Any:
    """Turn a TOML value into what canonical JSON can hold: dates become ISO text."""
    if type(value) in _PLAIN:  # most of a pack, and to ask for a Mapping is dear
        return value
    if isinstance(value, Mapping):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def check_floor(rule_id: str, table: Mapping[str, Any], floor: Mapping[str, Any]) -> None:
    """Hold every floored number against its floor.

    A floor is a dotted path to a number and one bound: `at_most`, `at_least`, `equals`,
    `subset_of`, `superset_of`, or `within` (time windows).

    :raises FloorError: if a number is missing or looser than its floor
    """
    for path, bound in floor.items():
        value = _at(table, path)
        ((kind, limit),) = bound.items()
        if value is None or not _HOLDS[kind](value, limit):
            raise FloorError(f"{rule_id}: {path} = {value!r} is looser than {kind} {limit!r}.")


def is_tighter(kind: str, stated: Any, limit: Any) -> bool:
    """Return whether a stated bound is at least as tight as `limit`, a bound of the same kind."""
    return stated is not None and bool(_HOLDS[kind](stated, limit))


def _at(table: Mapping[str, Any], path: str) -> Any:
    value: Any = table
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def minutes(text: str) -> tuple[int, int]:
    """Read "09:00-12:00" as minutes since midnight, end excluded."""
    start, _, end = text.partition("-")
    first, last = _minute(start), _minute(end)
    if not first < last <= 24 * 60:
        raise ValueError(f"{text!r} is not a time window of one day.")
    return first, last


def _minute(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time of day; write HH:MM.")
    return int(found[1]) * 60 + int(found[2])


def _within(value: list[str], limit: list[str]) -> bool:
    outer = [minutes(text) for text in limit]
    return all(
        any(low <= first and last <= high for low, high in outer)
        for first, last in map(minutes, value)
    )


_HOLDS = {
    "at_most": lambda value, limit: not isinstance(value, bool) and value <= limit,
    "at_least": lambda value, limit: not isinstance(value, bool) and value >= limit,
    "equals": lambda value, limit: type(value) is type(limit) and value == limit,
    "subset_of": lambda value, limit: set(value) <= set(limit),
    "superset_of": lambda value, limit: set(value) >= set(limit),
    "within": _within,
}
