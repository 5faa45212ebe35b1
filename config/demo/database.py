"""The demo's database: always a fresh one, and never one that holds anything else."""

import django
from django.core.management import call_command
from django.db import connection

from audit.keys import make_missing
from config.sentences import SentenceError


def start_afresh() -> None:
    """Set Django up, empty an earlier demo's tables, and make the tables again.

    :raises SentenceError: if the database holds something that is not a demo
    """
    django.setup()
    make_missing()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if tables and not _is_demo(tables):
            raise SentenceError(
                zh="DATABASE_URL 指向的数据库里有别的数据：请给演示一个空库。",
                en="The database of DATABASE_URL holds other data: give the demo an empty one.",
            )
        if tables:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0, interactive=False)


def _is_demo(tables: set[str]) -> bool:
    if "compliance_democlock" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM compliance_democlock")
        row = cursor.fetchone()
        return bool(row and row[0])
