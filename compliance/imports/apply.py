"""Apply a staged import: everything that it adds, in one transaction, and nothing else."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.imports.kind import Hold, ImportKind
from compliance.imports.outcome import (
    Imported,
    ImportRefusedError,
    check_role,
    outcome_of,
    record_import,
)
from compliance.imports.plan import compare, roomy
from compliance.imports.progress import move, working_on
from compliance.imports.staging import Staging
from compliance.ledger_time import ledger_now
from compliance.models import ListImport, User
from compliance.numbers import Words

Stage = ListImport.Stage
_APPLY = """
WITH d AS MATERIALIZED ({diff}), new AS ({insert})
SELECT verdict, count(*) FROM d GROUP BY verdict
"""

NOT_WAITING = Words(
    "导入 {number} 不在待应用状态（现为 {stage}）。",
    "Import {number} does not wait to be applied (it is {stage}).",
)
LOST = Words(
    "导入 {number} 的暂存内容已不完整（数据库曾异常重启）。请重新导入该文件。",
    "What import {number} had staged is not whole any more (the database server crashed). "
    "Import the file again.",
)
MORE = Words(
    "与显示的差异相比，现在会新增更多内容，因此没有应用。请查看新的差异后再应用。",
    "It would add more now than the difference that was shown, so it was not applied. "
    "Look at the new difference, then apply it.",
)


class _MoreThanShownError(Exception):
    """The world has moved so that the import would add more than somebody agreed to."""


def import_apply(*, kind: ImportKind, row: ListImport, by: User, now: datetime) -> Imported:
    """Apply an import that waits. A process that dies over it leaves it waiting, all of it.

    An import that adds nothing leaves no trace but its own row, unless all of its rows were
    rejected: that is on the record.

    :raises ImportRefusedError: if the account may not, the import does not wait, its staging was
        lost, or it would add more than was shown
    """
    check_role(by, kind.roles)
    staging = Staging(row.pk, kind.fields)
    with working_on(row):
        row.refresh_from_db()
        _check_waiting(row, staging)
        move(row, stage=Stage.APPLYING)
        try:
            hold = _apply(row, kind, staging, by=by, now=now)
        except _MoreThanShownError:
            compare(row, kind, staging, by=by, now=now)
            raise ImportRefusedError(MORE) from None
        except Exception:
            move(row, stage=Stage.PLANNED)
            raise
        if row.stage == Stage.APPLIED:
            kind.committed(hold=hold, by=by, now=now)
    return outcome_of(row)


def import_discard(*, kind: ImportKind, row: ListImport, by: User, now: datetime) -> None:
    """Let go of an import that waits.

    :raises ImportRefusedError: if the account may not, or the import does not wait
    """
    check_role(by, kind.roles)
    with working_on(row), transaction.atomic():
        row.refresh_from_db()
        if row.stage not in (Stage.PLANNED, Stage.APPLYING):
            raise ImportRefusedError(NOT_WAITING.filled(number=row.pk, stage=row.stage))
        Staging(row.pk, kind.fields).drop()
        move(row, stage=Stage.DISCARDED, ended_at=ledger_now())
        audit.record(
            "import.discarded",
            obj=f"import:{row.pk}",
            actor=f"u:{by.pk}",
            now=now,
            data={"kind": row.kind, "file_sha256": row.file_sha256, "rows": row.rows},
        )


def _check_waiting(row: ListImport, staging: Staging) -> None:
    # Nobody works on it, since we hold its lock: one that says it is applying was interrupted.
    if row.stage not in (Stage.PLANNED, Stage.APPLYING):
        raise ImportRefusedError(NOT_WAITING.filled(number=row.pk, stage=row.stage))
    if not staging.is_whole(accepted=row.accepted, rejected=sum(row.rejected.values())):
        with transaction.atomic():
            staging.drop()
            move(row, stage=Stage.BROKEN, ended_at=ledger_now())
        raise ImportRefusedError(LOST.filled(number=row.pk))


def _apply(
    row: ListImport, kind: ImportKind, staging: Staging, *, by: User, now: datetime
) -> Hold:
    shown = outcome_of(row).new
    with transaction.atomic(durable=True):
        roomy()
        with transaction.atomic():
            hold = kind.hold(by=by, now=now)
            staging.add_people(now=now)
            statement = _APPLY.replace("{diff}", kind.diff).replace("{insert}", kind.insert)
            row.diff = dict(staging.rows(statement, **hold.values))
            new = outcome_of(row).new
            if new > shown:
                raise _MoreThanShownError
            idle = new == 0 and row.accepted > 0
            transaction.set_rollback(idle)
        staging.drop()
        ended = {"applied_by": by, "diff": row.diff, "ended_at": ledger_now()}
        if idle:
            move(row, stage=Stage.UNCHANGED, **ended)
            return hold
        more = kind.applied(hold=hold, added=new, by=by, now=now)
        move(row, stage=Stage.APPLIED, target=hold.target, **ended)
        record_import(kind.action, row=row, by=by, now=now, facts={**kind.facts(), **more})
    return hold
