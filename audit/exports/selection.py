"""Which entries go into a bundle: an unbroken range of the tree, or some that were selected."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from audit import keys
from audit.commitment import blind_index


class NothingSelectedError(Exception):
    """No sealed entry is what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Entries by their place in the tree; `indexes` is None for an unbroken range lo..hi-1."""

    about: str  # what was asked for, by its surrogate id: `day:2026-11-21`, `person:12`
    lo: int
    hi: int
    indexes: tuple[int, ...] | None = None

    @property
    def kind(self) -> str:
        """What the bundle will say of itself."""
        return "range" if self.indexes is None else "filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """How entries tell about one thing: as their object, in their data, in their personal data."""

    about: str
    objects: frozenset[str] = frozenset()
    facts: tuple[Mapping[str, object], ...] = ()  # each is part of the `data` of an entry
    values: frozenset[str] = field(default=frozenset(), repr=False)  # personal: only their index


def whole(*, size: int) -> Selection:
    """Return everything that the checkpoint of `size` covers."""
    return Selection(about="range:all", lo=0, hi=size)


def span(*, lo: int, hi: int, size: int) -> Selection:
    """Return the entries lo..hi-1.

    :raises NothingSelectedError: if they are none, or the checkpoint does not cover them
    """
    if not 0 <= lo < hi <= size:
        raise NothingSelectedError(f"{lo}-{hi} is no range within the {size} entries sealed.")
    return Selection(about=f"range:{lo}-{hi}", lo=lo, hi=hi)


def between(*, since: datetime, until: datetime, about: str, size: int) -> Selection:
    """Return the shortest range with every entry of that time; it holds neighbours, too.

    :raises NothingSelectedError: if there is no entry of that time
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(leaf_index), max(leaf_index) FROM audit_entry e"
            " JOIN audit_leaf l ON l.entry_id = e.id"
            " WHERE e.ts >= %s AND e.ts < %s AND l.leaf_index < %s",
            [since, until, size],
        )
        lo, last = cursor.fetchone()
    if lo is None:
        raise NothingSelectedError(f"No sealed entry is of {about}.")
    return Selection(about=about, lo=lo, hi=last + 1)


_MENTIONING = """
SELECT l.leaf_index FROM audit_leaf l JOIN audit_entry e ON e.id = l.entry_id
 WHERE l.leaf_index < %(size)s
   AND (e.object = ANY(%(objects)s)
        OR e.id IN (SELECT entry_id FROM audit_pii WHERE blind_index = ANY(%(indexes)s))
        OR (convert_from(e.body, 'UTF8')::jsonb -> 'data') @> ANY(%(facts)s::jsonb[]))
 ORDER BY 1
"""


def mentioning(mentions: Mentions, *, size: int) -> Selection:
    """Return the entries that tell about something; all of the trail is read for it.

    :raises NothingSelectedError: if there is none
    """
    key = keys.secret("number-index")
    with connection.cursor() as cursor:
        cursor.execute(
            _MENTIONING,
            {
                "size": size,
                "objects": sorted(mentions.objects),
                "indexes": [blind_index(value=value, key=key) for value in mentions.values],
                "facts": [json.dumps(dict(one)) for one in mentions.facts],
            },
        )
        found = tuple(index for (index,) in cursor.fetchall())
    return selected(found, about=mentions.about)


def selected(indexes: Iterable[int], *, about: str) -> Selection:
    """Return the entries with these places in the tree.

    :raises NothingSelectedError: if there is none
    """
    found = tuple(sorted(set(indexes)))
    if not found:
        raise NothingSelectedError(f"No sealed entry tells about {about}.")
    return Selection(about=about, lo=found[0], hi=found[-1] + 1, indexes=found)
