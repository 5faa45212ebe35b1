"""What came of an import, who may run one, and how it is remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import ListImport, User
from compliance.numbers import Words


class ImportRefusedError(Exception):
    """The import as a whole may not happen; nothing was changed."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(str(words))
        self.words = words


class RoleMayNotImportError(ImportRefusedError, DeniedError):
    """The account's role imports no such lists, or the account is closed."""


MAY_NOT = Words(
    "账号 {username} 的角色不能导入此类名单。",
    "The role of the account {username} may not import such a list.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many rows went where, or would go while the import only waits to be applied.

    `added + changed + known + withdrawn + rejected == rows`.
    """

    number: int  # of the import
    stage: str
    file_sha256: str
    rows: int
    added: int
    changed: int  # new beside something that the person had already; nothing is overwritten
    known: int  # were there before, and stay as they are
    withdrawn: int  # consents that the person has taken back since
    rejected: Mapping[str, int]  # by the code of the reason
    target: str  # "list:3", "whitelist:2"; "" while nothing is kept
    notes: tuple[Words, ...]

    @property
    def rejects(self) -> int:
        """Return how many rows were not accepted."""
        return sum(self.rejected.values())

    @property
    def applied(self) -> bool:
        """Return whether the import changed anything."""
        return self.stage == ListImport.Stage.APPLIED

    @property
    def new(self) -> int:
        """Return how many rows are new."""
        return self.added + self.changed


def outcome_of(row: ListImport) -> Imported:
    """Return what an import came to, or would come to."""
    return Imported(
        number=row.pk,
        stage=row.stage,
        file_sha256=row.file_sha256,
        rows=row.rows,
        added=row.diff.get("added", 0),
        changed=row.diff.get("changed", 0),
        known=row.diff.get("known", 0),
        withdrawn=row.diff.get("withdrawn", 0),
        rejected=row.rejected,
        target=row.target,
        notes=tuple(Words(zh, en) for zh, en in row.notes),
    )


class Watcher:
    """Hears how many rows were read while a list is imported."""

    def __init__(self, *, on_rows: Callable[[int], object] = lambda _: None) -> None:
        """Pass on what happens; whatever the listener raises undoes the import."""
        self.rows = on_rows


def check_role(user: User, roles: frozenset[str]) -> None:
    """Make sure that the account may import.

    :raises RoleMayNotImportError: if it is closed or its role is none of `roles`
    """
    if user.role not in roles or not user.is_active:
        raise RoleMayNotImportError(MAY_NOT.filled(username=user.username))


def record_import(
    action: str, *, row: ListImport, by: User, now: datetime, facts: Mapping[str, object]
) -> None:
    """Put the import on the record, in its own transaction, by the digest of its file."""
    done = outcome_of(row)
    audit.record(
        action,
        obj=done.target,
        actor=f"u:{by.pk}",
        now=now,
        outcome="ok" if done.new else "denied",
        data={
            **facts,
            "import": done.number,
            "file_sha256": done.file_sha256,
            "rows": done.rows,
            "added": done.added,
            "changed": done.changed,
            "known": done.known,
            "withdrawn": done.withdrawn,
            "rejected": dict(done.rejected),
            "columns_dropped": sum(row.columns_dropped.values()),
            "columns_dropped_kinds": dict(row.columns_dropped),
        },
    )
