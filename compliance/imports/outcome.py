"""What came of an import, who may run one, and how it is remembered."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from audit import record as audit
from compliance.list_checks.words import dropped_kinds
from compliance.lists import ListFile, Reject
from compliance.models import User
from compliance.numbers import Words


class ImportRefusedError(Exception):
    """The import as a whole may not happen; nothing was changed."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(str(words))
        self.words = words


MAY_NOT = Words(
    "账号 {username} 的角色不能导入此类名单。",
    "The role of the account {username} may not import such a list.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many rows went where; `added + known + withdrawn + rejected == rows`."""

    file_sha256: str
    rows: int
    added: int
    known: int  # were there before, and stay as they are
    withdrawn: int  # consents that the person has taken back since
    rejected: Mapping[str, int]  # by the code of the reason
    target: str  # "list:3", "whitelist:2"; "" if nothing was kept
    notes: tuple[Words, ...]

    @property
    def rejects(self) -> int:
        """Return how many rows were not accepted."""
        return sum(self.rejected.values())


class Watcher:
    """Hears of every row while it is imported, and of every row that is not accepted."""

    def __init__(
        self,
        *,
        on_row: Callable[[], object] = lambda: None,
        on_reject: Callable[[Reject], object] = lambda _: None,
    ) -> None:
        """Pass on what happens; whatever a listener raises undoes the import."""
        self.row = on_row
        self._on_reject = on_reject
        self.rejected: Counter[str] = Counter()

    def reject(self, one: Reject) -> None:
        """Count a row that was not accepted."""
        self.rejected[one.code.value] += 1
        self._on_reject(one)


def check_role(user: User, roles: frozenset[str]) -> None:
    """Make sure that the account may import.

    :raises ImportRefusedError: if it is closed or its role is none of `roles`
    """
    if user.role not in roles or not user.is_active:
        raise ImportRefusedError(MAY_NOT.filled(username=user.username))


def record_import(
    action: str,
    *,
    done: Imported,
    file: ListFile,
    by: User,
    now: datetime,
    facts: Mapping[str, object],
) -> None:
    """Put the import on the record, in its own transaction, by the digest of its file."""
    audit.record(
        action,
        obj=done.target,
        actor=f"u:{by.pk}",
        now=now,
        outcome="ok" if done.added else "denied",
        data={
            **facts,
            "file_sha256": done.file_sha256,
            "rows": done.rows,
            "added": done.added,
            "known": done.known,
            "withdrawn": done.withdrawn,
            "rejected": dict(done.rejected),
            "columns_dropped": len(file.headings.dropped),
            "columns_dropped_kinds": dropped_kinds(file.headings.dropped),
        },
    )
