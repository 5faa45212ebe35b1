"""The row of one import, which every process can read, and the lock of the one at work on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseError
from django.db import connection, transaction

from compliance.imports.outcome import ImportRefusedError
from compliance.ledger_time import ledger_now
from compliance.locks import IMPORT
from compliance.models import ListImport
from compliance.numbers import Words

AT_WORK = ListImport.Stage.READING, ListImport.Stage.COMPARING, ListImport.Stage.APPLYING
BUSY = Words(
    "导入 {number} 正由另一进程处理。请稍候，用 imports_show 查看进度。",
    "Another process is at work on import {number}. Wait; imports_show tells how far it is.",
)


@contextmanager
def working_on(row: ListImport) -> Iterator[None]:
    """Be the one process that works on an import; a process that dies lets go of it by that.

    :raises ImportRefusedError: if another one is
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT + row.pk])
        if not cursor.fetchone()[0]:
            raise ImportRefusedError(BUSY.filled(number=row.pk))
        # A server that is busy with a statement looks once a second whether anybody still waits.
        cursor.execute("SET client_connection_check_interval = '1s'")
    try:
        yield
    finally:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT + row.pk])
                cursor.execute("RESET client_connection_check_interval")
        except DatabaseError:  # the session is gone, and with it the lock
            connection.close()


def is_at_work(row: ListImport) -> bool:
    """Tell whether some process is at work on an import at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND (classid::bigint << 32) + objid::bigint = %s AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [IMPORT + row.pk],
        )
        return bool(cursor.fetchone()[0])


def was_interrupted(row: ListImport) -> bool:
    """Tell whether the process that was at work on an import has died."""
    return row.stage in AT_WORK and not is_at_work(row)


@transaction.atomic
def move(row: ListImport, **changes: object) -> None:
    """Write down how far an import is, for everybody to see."""
    changes["moved_at"] = ledger_now()
    ListImport.objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)
