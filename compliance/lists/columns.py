"""Which columns a list may have, under which headings people write them, and where they are."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from compliance.lists.problems import AMBIGUOUS_COLUMN, MISSING_COLUMN, ListFileError
from compliance.numbers import Words, mask_text

NUMBER = "number"  # the key of the one column that a list without headings may have

_NOISE = re.compile(r"[\s_\-*:：.\ufeff\u200b-\u200f\u2060]+|\([^)]*\)|\[[^]]*\]|【[^】]*】")
_SHOWN = 12  # headings named in a sentence; a longer row is cut
_SHOWN_SIGNS = 20  # of one heading
_MANY_DIGITS = 5  # from which a would-be heading may be somebody's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that may be read; of those with the same `needs`, one must be there."""

    key: str
    label: Words
    names: frozenset[str]  # accepted headings, as `simplified` leaves them
    needs: str = ""  # empty: the column may be missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """A heading row, understood."""

    keys: tuple[str, ...]  # of the columns that are read, in the file's order
    positions: tuple[int, ...]  # their places in a row, from 0
    titles: tuple[str, ...]  # their headings as the file writes them
    dropped: tuple[str, ...]  # headings of columns that nobody may import, and are not read
    width: int  # cells in the heading row


def column(key: str, zh: str, en: str, *names: str, needs: str = "") -> Column:
    """Describe a column; its labels are headings too."""
    accepted = frozenset(simplified(name) for name in (key, zh, en, *names))
    return Column(key=key, label=Words(zh, en), names=accepted, needs=needs)


def simplified(heading: str) -> str:
    """Reduce a heading to what it says: no width, case, spaces, remarks in brackets or stars."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", heading).casefold())


REJECT_HEADINGS = ("行号/line", "原因", "reason")  # what a reject file adds; never read
_ADDED = frozenset(simplified(heading) for heading in REJECT_HEADINGS)


def map_headings(cells: Sequence[str], wanted: Sequence[Column]) -> Headings:
    """Find the wanted columns in a heading row, in any order and language.

    :raises ListFileError: if a needed column is missing, or two headings mean the same column
    """
    matches = {at: _match(cell, wanted) for at, cell in enumerate(cells)}
    _refuse_ambiguous(cells, matches)
    found = {at: column for at, column in matches.items() if column}
    _refuse_missing(cells, wanted, [column.key for column in found.values()])
    return Headings(
        keys=tuple(column.key for column in found.values()),
        positions=tuple(found),
        titles=tuple(cells[at].strip() for at in found),
        dropped=tuple(
            cell.strip()
            for at, cell in enumerate(cells)
            if at not in found and cell.strip() and simplified(cell) not in _ADDED
        ),
        width=len(cells),
    )


def proposed(cells: Sequence[str], wanted: Sequence[Column]) -> tuple[str, ...]:
    """Propose for each heading the key of the column that it may mean, "" for none."""
    matches = [_match(cell, wanted) for cell in cells]
    keys = [match.key if match else "" for match in matches]
    return tuple(key if key not in keys[:at] else "" for at, key in enumerate(keys))


def as_mapped(wanted: Sequence[Column], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns as somebody has mapped them: `mapping` is of headings to keys.

    Whatever it does not name is not read, however well its heading is known.
    """
    return tuple(
        replace(
            col,
            names=frozenset(
                simplified(heading) for heading, key in mapping.items() if key == col.key
            ),
        )
        for col in wanted
    )


def named(cells: Sequence[str]) -> str:
    """List headings in a sentence; a cell that may be a person's number is masked."""
    shown = [_shown(cell) for cell in cells if cell.strip()]
    return "、".join(shown[:_SHOWN]) + ("…" if len(shown) > _SHOWN else "")


def labels(wanted: Sequence[Column]) -> str:
    """List the needed columns in both languages."""
    groups: dict[str, list[str]] = defaultdict(list)
    for col in wanted:
        if col.needs:
            groups[col.needs].append(f"{col.label.zh} / {col.label.en}")
    return "；".join(" | ".join(group) for group in groups.values())


def _shown(cell: str) -> str:
    many_digits = sum(sign.isdigit() for sign in cell) >= _MANY_DIGITS
    return mask_text(cell) if many_digits else cell.strip()[:_SHOWN_SIGNS]


def _match(cell: str, wanted: Sequence[Column]) -> Column | None:
    """Find the column that a heading means: as a whole, or by one side of 手机号/mobile."""
    whole = unicodedata.normalize("NFKC", cell)
    sides = [simplified(side) for side in (whole, *whole.split("/"))]
    return next((col for side in sides for col in wanted if side and side in col.names), None)


def _refuse_ambiguous(cells: Sequence[str], matches: dict[int, Column | None]) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for at, col in matches.items():
        if col:
            places[col.key].append(cells[at].strip())
    for clash in places.values():
        if len(clash) > 1:
            raise ListFileError(
                AMBIGUOUS_COLUMN.filled(clash=named(clash), found=named(cells)),
            )


def _refuse_missing(cells: Sequence[str], wanted: Sequence[Column], found: list[str]) -> None:
    met = {col.needs for col in wanted if col.key in found}
    missing = [col for col in wanted if col.needs and col.needs not in met]
    if missing:
        raise ListFileError(
            MISSING_COLUMN.filled(missing=labels(missing), found=named(cells)),
        )
