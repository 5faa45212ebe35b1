"""The words by which illicit lists and needless columns are known, as data."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from compliance.scripts.fold import fold

KINDS = ("private", "sensitive", "plain")  # by the thresholds of the criminal law, worst first


def illicit_title(text: str) -> str:
    """Return the word of trade in a title, "" if there is none."""
    return _first(_table()["illicit_titles"], text)


def illicit_source(cell: str) -> str:
    """Return the word by which a row's own source is none, "" if there is none."""
    return _first(_table()["illicit_sources"], cell)


def kind_of_column(heading: str) -> str:
    """Return which kind of data a column holds, "" if no list says."""
    columns: Mapping[str, Any] = _table()["columns"]
    return next((kind for kind in KINDS if _first(columns[kind], heading)), "")


def dropped_kinds(headings: Iterable[str]) -> dict[str, int]:
    """Count, by kind of data, the columns that were not read: the log of what was dropped."""
    return dict(sorted(Counter(kind_of_column(one) or "other" for one in headings).items()))


def _first(words: tuple[str, ...], text: str) -> str:
    said = fold(text).text
    return next((word for word in words if word in said), "")


@cache
def _table() -> Mapping[str, Any]:
    text = files("compliance.list_checks").joinpath("words.toml").read_text("utf-8")
    table = tomllib.loads(text)
    columns = {kind: _folded(table["columns"][kind]) for kind in KINDS}
    return {
        "illicit_titles": _folded(table["illicit_titles"]),
        "illicit_sources": _folded(table["illicit_sources"]),
        "columns": columns,
    }


def _folded(words: list[str]) -> tuple[str, ...]:
    return tuple(fold(word).text for word in words)
