"""The database's own clock, which orders refusals, withdrawals and redemptions."""

from datetime import datetime

from django.db import connection


def ledger_now() -> datetime:
    """Return the instant that the database shows at this very moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT compliance_now()")
        instant: datetime = cursor.fetchone()[0]
    return instant
