"""Which anchors are due, and which are overdue, by the database's clock alone."""

from collections.abc import Set
from dataclasses import dataclass

from django.db import connection

from audit.anchors.write import OK
from audit.models import AuditAnchor, AuditKey

Kind = AuditAnchor.Kind
HOUR = 3600
# Seconds from one to the next: the checkpoint outside is what bounds a later lie.
EVERY = {
    Kind.FILE: HOUR,
    Kind.MAIL: HOUR,
    Kind.OBJECT_LOCK: HOUR,
    Kind.TSA: 24 * HOUR,
    Kind.WITNESS: 24 * HOUR,
}
AGAIN = 900  # seconds after a failure until the next try
LATE = 2  # times its interval, and it is overdue
_AGES = """
    SELECT kind,
        extract(epoch FROM clock_timestamp() - max(at))::bigint,
        extract(epoch FROM clock_timestamp() - max(at) FILTER (WHERE status = %s))::bigint
    FROM audit_anchor GROUP BY kind
"""
_PUBLISHED = """
    SELECT extract(epoch FROM clock_timestamp() - min(published_at))::bigint FROM audit_checkpoint
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """An anchor that nobody has made for too long. It stops no call."""

    kind: str
    age_s: int  # since it last held; since the first checkpoint, if it never did

    @property
    def zh(self) -> str:
        """Return what a reader sees."""
        return f"{Kind(self.kind).label.split(' / ')[0]}已逾期（{self.age_s // HOUR} 小时）"

    @property
    def en(self) -> str:
        """Return what a reader sees."""
        return f"{Kind(self.kind).label.split(' / ')[1]} is overdue ({self.age_s // HOUR} h)"


def due(kinds: Set[str]) -> set[str]:
    """Return those of the kinds whose time has come, a little after a failure too."""
    ages = _ages()
    found = set()
    for kind in kinds:
        tried, held = ages.get(kind, (None, None))
        late = held is None or held >= EVERY[Kind(kind)]
        if late and (tried is None or tried >= AGAIN):
            found.add(kind)
    return found


def overdue(kinds: Set[str]) -> list[Overdue]:
    """Return those of the kinds that have not held for twice their interval."""
    ages, first = _ages(), _since_first()
    found = []
    for kind in sorted(kinds | ({Kind.WITNESS} if _has_witness() else set())):
        _, held = ages.get(kind, (None, None))
        age = first if held is None else held
        if age is not None and age > LATE * EVERY[Kind(kind)]:
            found.append(Overdue(kind=kind, age_s=age))
    return found


def _has_witness() -> bool:
    return AuditKey.objects.filter(kind=AuditKey.Kind.WITNESS, to_size__isnull=True).exists()


def _ages() -> dict[str, tuple[int | None, int | None]]:
    """Return by kind the seconds since it was last tried, and since it last held."""
    with connection.cursor() as cursor:
        cursor.execute(_AGES, [OK])
        return {kind: (tried, held) for kind, tried, held in cursor.fetchall()}


def _since_first() -> int | None:
    """Return the seconds since the first checkpoint was published."""
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED)
        row = cursor.fetchone()
    return None if row is None else row[0]
