"""Plan an import and apply it at once, for callers to whom nobody has to say yes in between."""

from datetime import datetime

from compliance.imports.apply import import_apply, import_discard
from compliance.imports.kind import ImportKind
from compliance.imports.outcome import Imported, Watcher, outcome_of
from compliance.imports.plan import import_plan
from compliance.imports.rows import ImportFile
from compliance.models import User


def import_whole(
    *,
    kind: ImportKind,
    file: ImportFile,
    by: User,
    now: datetime,
    watcher: Watcher,
    dry_run: bool = False,
) -> Imported:
    """Import a list; in a dry run only say what would come of it.

    :raises ImportRefusedError: if the account may not, or the destination takes no import
    :raises ListFileError: if the file was changed meanwhile
    """
    row = import_plan(kind=kind, file=file, by=by, now=now, watcher=watcher)
    if dry_run:
        import_discard(kind=kind, row=row, by=by, now=now)
        return outcome_of(row)
    return import_apply(kind=kind, row=row, by=by, now=now)
