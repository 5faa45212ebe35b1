"""Who may do what in the database: the roles, and what each is granted on the audit tables.

Nobody logs in as the owner, so nobody who logs in can alter a table or switch a guard off. What
those roles may do is only what stands here; a table that is in no list is open to nobody.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

OWNER = "yunhu_owner"  # NOLOGIN; owns every table, function and sequence
MIGRATOR = "yunhu_migrator"  # LOGIN; acts as the owner, for migrations and retention alone
APP = "yunhu_app"  # LOGIN; web, worker, schedule, line processes and people's commands
SEQUENCER = "yunhu_sequencer"  # LOGIN; the process that seals
ERASURE = "yunhu_erasure"  # LOGIN; takes personal data away
LOGINS = (MIGRATOR, APP, SEQUENCER, ERASURE)

# Every column but `id`: whoever may insert into a whole table may choose its identity, too.
ADD_ENTRY = "INSERT (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)"

AUDIT_GRANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "audit_entry": {
        APP: ("SELECT", ADD_ENTRY),
        SEQUENCER: ("SELECT", ADD_ENTRY),
        ERASURE: ("SELECT", ADD_ENTRY),  # an erasure is an entry
    },
    "audit_pending": {APP: ("SELECT",), SEQUENCER: ("SELECT", "DELETE")},  # the app only counts
    "audit_pii": {APP: ("SELECT", "INSERT"), ERASURE: ("SELECT", "DELETE")},
    "audit_leaf": {APP: ("SELECT",), SEQUENCER: ("SELECT", "INSERT")},
    "audit_tile": {APP: ("SELECT",), SEQUENCER: ("SELECT", "INSERT", "UPDATE")},
    "audit_state": {APP: ("SELECT",), SEQUENCER: ("SELECT", "INSERT", "UPDATE")},
    "audit_checkpoint": {
        APP: ("SELECT",),
        SEQUENCER: ("SELECT", "INSERT", "UPDATE (published_at)"),
    },
    "audit_quarantine": {APP: ("SELECT",), SEQUENCER: ("SELECT", "INSERT")},
    "audit_anchor": {
        APP: ("SELECT", "INSERT"),  # the schedule anchors what is published already
        SEQUENCER: ("SELECT", "INSERT", "UPDATE (status, reference, token)"),
    },
    "audit_dropped": {APP: ("SELECT",), SEQUENCER: ("SELECT",)},
    "audit_legal_hold": {
        APP: ("SELECT", "INSERT", "UPDATE (lifted_by, lifted_with, lifted_at)"),
    },
    "audit_state_chunk": {APP: ("SELECT", "INSERT", "UPDATE", "DELETE")},  # digests are entries
    "audit_key": {APP: ("SELECT",), SEQUENCER: ("SELECT", "INSERT", "UPDATE (to_size)")},
}
AUDIT_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "audit_all_written(bigint, bigint)": (APP, SEQUENCER, ERASURE),
    "audit_partitions_ahead(integer)": (APP,),
}


class Weakness(NamedTuple):
    """Something that the role of this connection could do to the trail, and should not be able to.

    `zh` and `en` say it to a person.
    """

    zh: str
    en: str


_WEAKNESSES = {
    (
        "SELECT rolsuper OR rolbypassrls OR rolreplication FROM pg_roles"
        " WHERE rolname = current_user"
    ): Weakness(
        "本连接的数据库角色是超级用户",
        "The database role of this connection is a superuser",
    ),
    (
        "SELECT EXISTS (SELECT FROM pg_class WHERE relname ~ '^(audit|compliance|dialer)_'"
        " AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER'))"
    ): Weakness(
        "本连接的数据库角色拥有数据表，可以关闭其保护",
        "The database role of this connection owns tables and can switch their guards off",
    ),
    (
        "SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
        " OR has_column_privilege('audit_entry', 'id', 'INSERT')"
    ): Weakness(
        "本连接的数据库角色对审计条目的权限过大",
        "The database role of this connection may do more to audit entries than add them",
    ),
    (
        "SELECT has_schema_privilege('public', 'CREATE')"
        " OR has_database_privilege(current_database(), 'TEMPORARY')"
    ): Weakness(
        "本连接的数据库角色可以另建同名对象",
        "The database role of this connection can make objects that stand in for others",
    ),
}


def weaknesses() -> list[Weakness]:
    """Return what this process could do to the trail past `record`; nothing, if all is well."""
    with connection.cursor() as cursor:
        return [weak for sql, weak in _WEAKNESSES.items() if _says_yes(cursor, sql)]


def _says_yes(cursor: CursorWrapper, sql: str) -> bool:
    cursor.execute(sql)
    return bool(cursor.fetchone()[0])
