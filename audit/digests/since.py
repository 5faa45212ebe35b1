"""Which entries were written since the last digest, and what each of them explains."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

WINDOW = 10_000  # ids below the newest among which one may still be on its way to its commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where the trail stood: the newest id, and the ids below it that nobody could see yet.

    An entry takes its id before it commits. One that was on its way then is new the next time.
    """

    newest: int
    unseen: tuple[int, ...]

    def as_data(self) -> dict[str, object]:
        """Return it as an entry holds it."""
        return {"newest": self.newest, "unseen": list(self.unseen)}


def bound_now() -> Bound:
    """Return where the trail stands at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH top AS (SELECT coalesce(max(id), 0) AS id FROM audit_entry)"
            " SELECT top.id, array(SELECT n FROM generate_series(greatest(top.id - %s, 1), top.id)"
            " AS n WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.id = n)) FROM top",
            [WINDOW],
        )
        newest, unseen = cursor.fetchone()
    return Bound(newest=newest, unseen=tuple(unseen))


@dataclass(kw_only=True)
class Said:
    """What the entries since a bound say of one object."""

    actions: set[str] = field(default_factory=set)
    rows: int = 0  # how many rows those of them tell of that tell of many


def said_since(bound: Bound, *, kinds: Collection[str]) -> Mapping[str, Said]:
    """Return what was said since of objects of these kinds, by the object."""
    found: defaultdict[str, Said] = defaultdict(Said)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT object, action, body FROM audit_entry WHERE (id > %s OR id = ANY(%s))"
            " AND split_part(object, ':', 1) = ANY(%s)",
            [bound.newest, list(bound.unseen), sorted(kinds)],
        )
        for obj, action, body in cursor:
            found[obj].actions.add(action)
            found[obj].rows += _rows(bytes(body))
    return found


def _rows(body: bytes) -> int:
    data = json.loads(body)["data"]
    given = [data.get(name) for name in ("added", "changed")]
    return sum(number for number in given if type(number) is int)
