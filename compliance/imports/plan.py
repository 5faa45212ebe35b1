"""Read a list into staging and say what applying it would change; nothing is changed yet."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from compliance.imports.kind import ImportKind, LateReject
from compliance.imports.outcome import Watcher, check_role
from compliance.imports.people import PersonCells
from compliance.imports.progress import AT_WORK, move, was_interrupted, working_on
from compliance.imports.readers import read_blocks
from compliance.imports.rows import ImportFile
from compliance.imports.staging import Staging
from compliance.ledger_time import ledger_now
from compliance.list_checks.stopped import ListStoppedError
from compliance.list_checks.words import dropped_kinds
from compliance.lists import Reject
from compliance.lists.reject import RowProblemError, reject
from compliance.models import ListImport, User

CONTINUED_WITHIN = timedelta(hours=1)  # after which a list is read anew rather than taken up again
_COUNT = "WITH d AS ({diff}) SELECT verdict, count(*) FROM d GROUP BY verdict"
Stage = ListImport.Stage


def import_plan(
    *, kind: ImportKind, file: ImportFile, by: User, now: datetime, watcher: Watcher
) -> ListImport:
    """Stage a list and compare it with what is there.

    What a process left behind that died over the same list is taken up again if the list was
    staged whole, and else swept away and begun anew.

    :raises ImportRefusedError: if the account may not, or the destination takes no import
    :raises ListFileError: if the file was changed meanwhile; nothing is staged then
    """
    check_role(by, kind.roles)
    try_hold(kind, by=by, now=now)
    digest = file.sha256()
    left = _left_behind(kind, digest, by=by)
    if left is not None:
        return left
    row = ListImport.objects.create(
        kind=kind.name,
        terms=kind.terms,
        file_sha256=digest,
        planned_by=by,
        rows=file.row_count,
        columns_dropped=dropped_kinds(file.headings.dropped),
        began_at=now,
        moved_at=ledger_now(),
    )
    staging = Staging(row.pk, kind.fields)
    with working_on(row):
        try:
            with transaction.atomic():
                staging.create()
            _read(row, kind, file, staging, now=now, watcher=watcher)
            compare(row, kind, staging, by=by, now=now)
        except ListStoppedError as error:
            _give_up(row, staging)
            kind.stopped(error=error, by=by, file_sha256=digest, now=now)
            raise
        except BaseException:
            _give_up(row, staging)
            raise
    return row


def compare(
    row: ListImport, kind: ImportKind, staging: Staging, *, by: User, now: datetime
) -> None:
    """Say what applying what is staged would change; then it waits to be applied."""
    move(row, stage=Stage.COMPARING)
    with transaction.atomic():
        roomy()
        hold = kind.hold(by=by, now=now)
        diff = dict(staging.rows(_COUNT.replace("{diff}", kind.diff), **hold.values))
        transaction.set_rollback(True)  # whatever `hold` had to make is made when it is applied
    move(row, stage=Stage.PLANNED, diff=diff)


def roomy() -> None:
    """Let this transaction sort and hash a whole list in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")


def try_hold(kind: ImportKind, *, by: User, now: datetime) -> None:
    """Ask whether the destination would take the import, and leave no trace.

    :raises ImportRefusedError: if it takes none
    """
    with transaction.atomic():
        kind.hold(by=by, now=now)
        transaction.set_rollback(True)


def _left_behind(kind: ImportKind, digest: str, *, by: User) -> ListImport | None:
    """Sweep up after processes that died over this list; return what can be taken up again."""
    same = ListImport.objects.filter(kind=kind.name, terms=kind.terms, file_sha256=digest)
    since = ledger_now() - CONTINUED_WITHIN
    taken_up = None
    for row in same.filter(stage__in=AT_WORK).order_by("pk"):
        if not was_interrupted(row):
            continue
        staging = Staging(row.pk, kind.fields)
        whole = row.stage == Stage.APPLYING and row.moved_at >= since and row.planned_by == by
        if whole and staging.is_whole(accepted=row.accepted, rejected=_total(row)):
            move(row, stage=Stage.PLANNED)  # the transaction that applied it is undone
            taken_up = row
        else:
            _give_up(row, staging)
    return taken_up


def _total(row: ListImport) -> int:
    return sum(row.rejected.values())


@transaction.atomic
def _give_up(row: ListImport, staging: Staging) -> None:
    staging.drop()
    move(row, stage=Stage.BROKEN, ended_at=ledger_now())


def _read(
    row: ListImport,
    kind: ImportKind,
    file: ImportFile,
    staging: Staging,
    *,
    now: datetime,
    watcher: Watcher,
) -> None:
    check = kind.checker(file=file, people=PersonCells(), now=now)
    rejected: Counter[str] = Counter()
    zones_assumed = 0
    for block in read_blocks(file, check, row_head=staging.row_head):
        rejected.update(one.code.value for one in block.rejects)
        zones_assumed += block.zones_assumed
        with transaction.atomic():
            staging.copy(b"".join(block.cells))
            staging.copy_rejects(block.rejects)
            move(
                row,
                rows_read=row.rows_read + block.rows,
                accepted=row.accepted + block.accepted,
                rejected=dict(rejected),
            )
        watcher.rows(block.rows)
    with transaction.atomic():
        roomy()
        staging.analyze()
        _reject_late(row, kind, file, staging, rejected)
        kind.judge(staging=staging, file=file, rejected=rejected)
        notes = kind.notes(file=file, zones_assumed=zones_assumed)
        move(row, notes=[[words.zh, words.en] for words in notes])


def _reject_late(
    row: ListImport,
    kind: ImportKind,
    file: ImportFile,
    staging: Staging,
    rejected: Counter[str],
) -> None:
    """Take out what only the whole list shows to be wrong; its cells are read once more."""
    found = list(kind.late_rejects(staging))
    if not found:
        return
    staging.copy_rejects(_with_cells(found, file))
    staging.unstage([one.line for one in found])
    rejected.update(one.code.value for one in found)
    move(row, accepted=row.accepted - len(found), rejected=dict(rejected))


def _with_cells(found: Iterable[LateReject], file: ImportFile) -> Iterator[Reject]:
    wanted = iter(found)
    one = next(wanted, None)
    for row in file:
        if one is None:
            return
        if row.line == one.line:
            yield reject(row, file.headings.keys, RowProblemError(one.code, one.words))
            one = next(wanted, None)
