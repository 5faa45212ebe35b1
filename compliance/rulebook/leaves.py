"""The numbers of a dated table one by one: their dotted paths, and their form in a text field."""

import re
from collections.abc import Mapping
from typing import Any

Leaf = int | bool | str | list[str]

_BETWEEN = re.compile(r"[\s,，、;；]+")
_WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_TRUTHS = {"true": True, "false": False}


class LeafError(ValueError):
    """The text is no value of that kind."""


def leaves(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return every number of a table by its dotted path; its first day is none of them."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key == "since" and not before:
            continue
        if isinstance(value, Mapping):
            found |= leaves(value, f"{before}{key}.")
        else:
            found[before + key] = value
    return found


def with_leaves(table: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with these values in the place of its own."""
    return _with(table, values, "")


def _with(table: Mapping[str, Any], values: Mapping[str, Any], before: str) -> dict[str, Any]:
    return {
        key: _with(value, values, f"{before}{key}.")
        if isinstance(value, Mapping)
        else values.get(before + key, value)
        for key, value in table.items()
    }


def text_of(value: Leaf) -> str:
    """Write a value as a text field shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, list) else str(value)


def read_leaf(text: str, *, like: Leaf) -> Leaf:
    """Read a value of the same kind as `like`.

    :raises LeafError: if it is none
    """
    text = text.strip()
    if isinstance(like, bool):
        if text not in _TRUTHS:
            raise LeafError(text)
        return _TRUTHS[text]
    if isinstance(like, int):
        if not _WHOLE.fullmatch(text):
            raise LeafError(text)
        return int(text)
    return [one for one in _BETWEEN.split(text) if one] if isinstance(like, list) else text
