"""The months of the trail that are made ahead."""

from dataclasses import dataclass

from django.db import connection

AHEAD = 24  # months


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """What was made, and what was not there in time."""

    made: list[str]
    newest: str
    in_default: int  # entries of no month; they stay where they are, and lose nothing by it


def months_ahead() -> Months:
    """Make the months to come, by the database's clock; those that are there stay as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_partitions_ahead(%s)", [AHEAD])
        made = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT max(relname), (SELECT count(*) FROM audit_entry"
            " WHERE tableoid = 'audit_entry_default'::regclass)"
            " FROM pg_class JOIN pg_inherits ON inhrelid = oid"
            " WHERE inhparent = 'audit_entry'::regclass AND relname <> 'audit_entry_default'"
        )
        newest, in_default = cursor.fetchone()
    return Months(made=made, newest=newest, in_default=in_default)
