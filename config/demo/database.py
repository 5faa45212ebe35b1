"""The demo's database: always a fresh one, and never one that holds anything else."""

import hashlib
import importlib
import os
from contextlib import suppress
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

import audit.roles
import compliance.grants
from audit.keys import make_missing
from compliance.grants import grants_make, logins_set
from config.demo.roles import become, passwords
from config.sentences import SentenceError

BLANK = "blank_"  # databases with our tables and nothing in them, named after the migrations

MARK = "yunhu demo"  # of a database that we began to prepare


def start_afresh(*, embedded: bool) -> dict[str, str]:
    """Set Django up and make the tables again, in the place of an earlier demo's.

    The embedded server is the demo's own: there an empty copy is kept, so that only the first
    start has to migrate, and from here on this process is the application's role there.
    Return where the database is for the other roles, by the variable that says so.

    :raises SentenceError: if the database holds something that is not a demo
    """
    django.setup()
    make_missing()
    if embedded:
        _from_blank()
    else:
        _empty()
        call_command("migrate", verbosity=0, interactive=False)
    _forget_receipts()
    from audit.sealing.state import sealed_until, standing  # noqa: PLC0415 - needs Django set up

    sealed_until(standing().read_at)  # there was nothing before: a copy's age means nothing
    if not embedded:
        return {}
    logins_set(passwords(os.environ["DATABASE_URL"]))
    return become("yunhu_app")


def _forget_receipts() -> None:
    """Let go of the receipts of an earlier demo, whose entries are gone with its database."""
    import redis  # noqa: PLC0415 - needs the environment

    from audit.receipts.sinks import STREAM  # noqa: PLC0415 - needs Django set up

    with suppress(redis.RedisError), redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(STREAM)


def _from_blank() -> None:
    name = str(settings.DATABASES["default"]["NAME"])
    blank = BLANK + _digest_of_migrations()
    with psycopg.connect(_maintenance(), autocommit=True) as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname ^@ %s", [BLANK])
        blanks = {row[0] for row in rows}
        for old in blanks - {blank}:
            server.execute(SQL("DROP DATABASE {}").format(Identifier(old)))
        server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        if blank in blanks:
            _copy(server, blank, name)
            return
        server.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        call_command("migrate", verbosity=0, interactive=False)
        grants_make()
        connection.close()
        _copy(server, name, blank)


def _copy(server: psycopg.Connection[tuple[object, ...]], source: str, name: str) -> None:
    """Copy a database; the copy is there whole or not at all."""
    copy = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(source))
    server.execute(copy)


def _maintenance() -> str:
    """Return where to work on databases as a whole."""
    return make_conninfo(os.environ["DATABASE_URL"], dbname="postgres")


def _digest_of_migrations() -> str:
    """Return what changes whenever any migration, ours or a library's, changes."""
    digest = hashlib.sha256()
    for module in (audit.roles, compliance.grants):
        digest.update(Path(module.__file__ or "").read_bytes())
    for migration in sorted(MigrationLoader(None).disk_migrations.values(), key=str):
        file = importlib.import_module(type(migration).__module__).__file__
        digest.update(f"{migration}\n".encode() + Path(file or "").read_bytes())
    return digest.hexdigest()[:16]


def _empty() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if tables and not _is_demo(tables):
            raise SentenceError(
                zh="DATABASE_URL 指向的数据库里有别的数据：请给演示一个空库。",
                en="The database of DATABASE_URL holds other data: give the demo an empty one.",
            )
        if tables:
            cursor.execute("DROP SCHEMA IF EXISTS yunhu_import CASCADE")
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        cursor.execute(SQL("COMMENT ON SCHEMA public IS {}").format(MARK))


def _is_demo(tables: set[str]) -> bool:
    """Tell a demo by its clock; one that ended before it had a clock, by our mark and no more."""
    with connection.cursor() as cursor:
        if "compliance_democlock" in tables:
            cursor.execute("SELECT FROM compliance_democlock")
            if cursor.rowcount:
                return True
        if "audit_entry" in tables:
            cursor.execute("SELECT FROM audit_entry LIMIT 1")
            if cursor.rowcount:
                return False
        cursor.execute("SELECT obj_description('public'::regnamespace) = %s", [MARK])
        return bool(cursor.fetchone() == (True,))
