"""A record with some of its fields, however deep, stated anew."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

T = TypeVar("T")


def changed(record: T, changes: Mapping[str, Any]) -> T:
    """Return a copy with changes, also to the records inside it."""
    flat: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        field, _, rest = name.partition("__")
        if rest:
            inner.setdefault(field, {})[rest] = value
        else:
            flat[field] = value
    nested = {field: changed(getattr(record, field), rest) for field, rest in inner.items()}
    return replace(record, **flat, **nested)  # type: ignore[type-var]
