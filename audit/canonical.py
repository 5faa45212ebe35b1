"""Canonical JSON, a strict subset of RFC 8785: one value has one sequence of bytes to hash."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from types import NoneType

DEEPEST = 32  # levels of nesting; nothing honest is deeper, and Python's recursion ends far below
GREATEST = 2**53 - 1  # RFC 8785 3.2.2.3: integers that every JSON reader holds exactly

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LEAVES = frozenset({str, bool, NoneType})  # nothing to check; lone surrogates show on encoding

# With keys in ASCII, integers only and no floats, this output is the one that RFC 8785 asks for.
_encode = json.JSONEncoder(
    sort_keys=True,
    ensure_ascii=False,
    separators=(",", ":"),
    check_circular=False,
    allow_nan=False,
).encode


class CanonicalError(ValueError):
    """The value has no canonical form."""


def canon(value: object) -> bytes:
    """Return the canonical bytes of `value`: UTF-8, no whitespace, keys sorted.

    Takes str, int within ±(2^53-1), bool, None, list, tuple (written as a list) and dict with
    keys `[a-z][a-z0-9_]{0,63}`. Enumerations of str or int are written as their value. Anything
    else (float, Decimal, datetime, bytes, set) is for the caller to turn into one of these.

    :raises CanonicalError: if any part of the value is outside the subset
    """
    if type(value) not in _LEAVES:
        _check(value, DEEPEST)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("A string holds a lone surrogate: it has no UTF-8 form.") from error


def _check(value: object, levels: int) -> None:
    checker = _CHECKERS.get(type(value))
    if checker is not None:
        checker(value, levels)
    elif isinstance(value, int):
        _check_integer(int(value), levels)
    elif not isinstance(value, str):
        kind = type(value).__name__
        raise CanonicalError(f"A {kind} has no canonical form: give str, int, bool, list or dict.")


def _check_integer(value: int, _levels: int) -> None:
    if not -GREATEST <= value <= GREATEST:
        raise CanonicalError("An integer is beyond 2^53-1: write it as a string.")


def _check_array(value: list[object], levels: int) -> None:
    if not levels:
        raise CanonicalError(f"The value is nested deeper than {DEEPEST} levels.")
    for item in value:
        if type(item) not in _LEAVES:
            _check(item, levels - 1)


def _check_object(value: dict[object, object], levels: int) -> None:
    if not levels:
        raise CanonicalError(f"The value is nested deeper than {DEEPEST} levels.")
    for key, item in value.items():
        _check_key(key)
        if type(item) not in _LEAVES:
            _check(item, levels - 1)


@lru_cache(maxsize=4096)
def _check_key(key: object) -> None:
    if not (isinstance(key, str) and _KEY.fullmatch(key)):
        raise CanonicalError(f"The key {key!r} does not match [a-z][a-z0-9_]{{0,63}}.")


# Exact types; an enumeration of str or int falls through to `_check`.
_CHECKERS: dict[object, Callable[..., None]] = {
    int: _check_integer,
    list: _check_array,
    tuple: _check_array,
    dict: _check_object,
    **dict.fromkeys(_LEAVES, lambda _value, _levels: None),
}
