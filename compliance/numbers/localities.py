"""Where in China a number's owner may be, as provinces, from a table kept beside this file."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from compliance.numbers.classes import GEOGRAPHIC, NumberClass, classify, national_number

ANYWHERE = ("CN-*",)
PREFIX_DIGITS = 7  # of the national number; no entry of the source is longer


@dataclass(frozen=True, slots=True)
class Localities:
    """The provinces (ISO 3166-2) that a number's owner may be in, and who says so.

    `CN-*` means anywhere in mainland China; no province at all means not in mainland China.
    """

    provinces: tuple[str, ...]
    source: str


def localities(e164: str) -> Localities:
    """Find the provinces where a number was issued; an unknown prefix may be anywhere."""
    table = _table()
    kind = classify(e164)
    if kind is NumberClass.FOREIGN:
        return Localities((), table.source)
    if kind not in GEOGRAPHIC:
        return Localities(ANYWHERE, table.source)
    prefix = int((national_number(e164) or "")[:PREFIX_DIGITS].ljust(PREFIX_DIGITS, "0"))
    return Localities(table.provinces[bisect_right(table.starts, prefix) - 1], table.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Ranges of prefixes: each starts where `starts` says and ends before the next."""

    source: str
    starts: tuple[int, ...]
    provinces: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def _table() -> _Table:
    heading, *lines = (files(__package__) / "localities.tsv").read_text("ascii").splitlines()
    ranges = [line.split("\t") for line in lines]
    sets = {codes: _codes(codes) for _, codes in ranges}
    return _Table(
        source=heading.removeprefix("# "),
        starts=tuple(int(start) for start, _ in ranges),
        provinces=tuple(sets[codes] for _, codes in ranges),
    )


def _codes(codes: str) -> tuple[str, ...]:
    return tuple(f"CN-{code}" for code in codes.split(","))
