"""Whether a database is one that may be filled: ours, and without a single record of anybody."""

from django.core.management import call_command
from django.db import connection

from config.sentences import SentenceError


def make_ready() -> None:
    """Make the tables where there are none.

    :raises SentenceError: if the database holds other tables, a trunk or anybody's data
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if tables and "compliance_trunk" not in tables:
        _refuse()
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM compliance_trunk)"
            " OR EXISTS (SELECT FROM compliance_person)"
            " OR EXISTS (SELECT FROM compliance_user) OR EXISTS (SELECT FROM audit_entry)"
        )
        (holds_something,) = cursor.fetchone()
    if holds_something:
        _refuse()


def _refuse() -> None:
    raise SentenceError(
        zh="该数据库不是空库（有线路、人员或审计条目），已拒绝。",
        en="The database is not empty: it has a trunk, people or entries of the trail. Refused.",
    )
