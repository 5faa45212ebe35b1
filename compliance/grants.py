"""Make the database's roles and give each what it needs, no more; to run it again changes nothing.

A superuser runs it behind every migration, or a role that may create roles and owns the tables.
What the triggers refuse to everybody (compliance_append_only, audit_deny) is not granted either.
"""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composed, Identifier, Literal

from audit.roles import (
    APP,
    AUDIT_FUNCTIONS,
    AUDIT_GRANTS,
    ERASURE,
    LOGINS,
    MIGRATOR,
    OWNER,
    SEQUENCER,
)

ROLES = 0x59756E6875526F6C  # advisory lock: two at once would trip over each other's roles
IMPORTS = "yunhu_import"  # the schema in which list imports make their tables
NOBODY_CHANGES = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "compliance_licence"}
)
# Of these tables, nothing but these columns is ever changed by a service.
CHANGED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "compliance_mandate": ("ended_on",),
    "compliance_trunk": ("reviewed_on", "barred_provinces", "active"),
}

_OWNED = """
SELECT format('ALTER %s %I.%I OWNER TO yunhu_owner', CASE relkind
        WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, nspname, relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p', 'S', 'v')
      AND relowner <> 'yunhu_owner'::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
          AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e') AND relkind = 'S')
UNION ALL
SELECT format('ALTER ROUTINE %s OWNER TO yunhu_owner', p.oid::regprocedure)
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
      AND proowner <> 'yunhu_owner'::regrole
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT format('ALTER SCHEMA %I OWNER TO yunhu_owner', nspname) FROM pg_namespace
    WHERE nspname IN ('public', 'yunhu_import') AND nspowner <> 'yunhu_owner'::regrole
"""

# pg_trigger.tgtype: 2 BEFORE, 8 DELETE, 16 UPDATE; a row's trigger has 1.
_REFUSED = """
SELECT c.relname,
       coalesce(bool_or(tgtype & 16 <> 0), false), coalesce(bool_or(tgtype & 8 <> 0), false)
FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND tgtype & 1 = 0 AND tgtype & 2 <> 0
    AND tgattr = '' AND tgfoid::regproc::text IN ('compliance_append_only', 'audit_deny')
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND NOT starts_with(c.relname, 'audit_')
GROUP BY c.relname ORDER BY c.relname
"""


# Roles are the whole server's, the lock above is this database's: somebody may be doing the same
# in another one.
_MAKE_ROLE = """
DO $do$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} {how};
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $do$
"""


@transaction.atomic
def grants_make() -> None:
    """Make the roles that are missing, own everything by the owner, and grant anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROLES])
        _make_roles(cursor)
        cursor.execute(_OWNED)
        _run(cursor, (SQL(sql) for (sql,) in cursor.fetchall()))
        _run(cursor, _nothing_to_anybody())
        _run(cursor, _database())
        _run(cursor, _schemas())
        _run(cursor, _audit())
        cursor.execute(_REFUSED)
        _run(cursor, (_of(*found) for found in cursor.fetchall()))


@transaction.atomic
def logins_set(passwords: Mapping[str, str]) -> None:
    """Give each role its password, which leaves this process hashed only, in a copied database.

    A copy has the grants of what it was copied from, except those on the database itself.
    """
    with connection.cursor() as cursor:
        _run(cursor, _database())
        for role, password in passwords.items():
            hashed = connection.connection.pgconn.encrypt_password(
                password.encode(), role.encode(), b"scram-sha-256"
            )
            secret = Literal(hashed.decode())
            cursor.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), secret))


def _make_roles(cursor: CursorWrapper) -> None:
    for role in (OWNER, *LOGINS):
        how = "NOLOGIN" if role == OWNER else "LOGIN NOINHERIT"
        cursor.execute(_MAKE_ROLE.format(role=role, how=how))
    cursor.execute(f"GRANT {OWNER} TO {MIGRATOR}")
    cursor.execute("SELECT pg_has_role(current_user, 'yunhu_owner', 'MEMBER')")
    if cursor.fetchone() != (True,):  # no superuser: to give tables to a role, be a member of it
        cursor.execute(f"GRANT {OWNER} TO CURRENT_USER")


def _nothing_to_anybody() -> Iterable[SQL | Composed]:
    """Take back whatever was granted before, so that what follows is all there is."""
    roles = SQL(", ").join([*map(Identifier, (MIGRATOR, APP, SEQUENCER, ERASURE)), SQL("PUBLIC")])
    for kind in ("TABLES", "SEQUENCES", "ROUTINES"):
        yield SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(SQL(kind), roles)
    yield SQL("REVOKE ALL ON SCHEMA public, yunhu_import FROM {}").format(roles)
    # What a later migration makes is nobody's until this has run again.
    for kind in ("TABLES", "SEQUENCES", "ROUTINES"):
        yield SQL("ALTER DEFAULT PRIVILEGES FOR ROLE yunhu_owner REVOKE ALL ON {} FROM {}").format(
            SQL(kind), roles
        )


def _database() -> Iterable[SQL | Composed]:
    name = Identifier(str(connection.settings_dict["NAME"]))
    # A temporary table stands before ours of the same name, for as long as its session lasts.
    yield SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC").format(name)
    yield SQL("ALTER ROLE yunhu_migrator IN DATABASE {} SET role = yunhu_owner").format(name)
    for role in LOGINS:
        yield SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, Identifier(role))
    yield SQL("GRANT CREATE ON DATABASE {} TO yunhu_owner").format(name)


def _schemas() -> Iterable[SQL | Composed]:
    for role in LOGINS:
        yield SQL("GRANT USAGE ON SCHEMA public TO {}").format(Identifier(role))
    yield SQL("GRANT USAGE, CREATE ON SCHEMA yunhu_import TO yunhu_app")
    yield SQL("GRANT USAGE, SELECT ON SEQUENCE compliance_epoch_values TO yunhu_app")


def _audit() -> Iterable[SQL | Composed]:
    for table, roles in AUDIT_GRANTS.items():
        for role, privileges in roles.items():
            # Constants of audit.roles
            yield SQL(f"GRANT {', '.join(privileges)} ON {table} TO {role}")
    yield SQL("GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO yunhu_app")
    yield SQL(_TAKE_AUDIT_ROUTINES)
    for function, executors in AUDIT_FUNCTIONS.items():
        for role in executors:
            yield SQL(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")


_TAKE_AUDIT_ROUTINES = """
DO $do$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND starts_with(proname, 'audit_') LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM yunhu_app', one);
    END LOOP;
END $do$
"""


def _of(table: str, no_update: bool, no_delete: bool) -> Composed:  # noqa: FBT001 - of a row
    """Grant the application what nothing refuses, on one table that is not the audit trail's."""
    columns = CHANGED_COLUMNS.get(table)
    fixed = table in NOBODY_CHANGES
    granted = ["SELECT"]
    if table != "django_migrations":
        granted.append("INSERT")
    if not (no_update or fixed):
        granted.append(f"UPDATE ({', '.join(columns)})" if columns else "UPDATE")
    if not (no_delete or fixed or columns):
        granted.append("DELETE")
    privileges = SQL(", ").join(map(SQL, granted))  # constants of this module
    return SQL("GRANT {} ON {} TO yunhu_app").format(privileges, Identifier(table))


def _run(cursor: CursorWrapper, statements: Iterable[SQL | Composed]) -> None:
    for statement in statements:
        cursor.execute(statement)
