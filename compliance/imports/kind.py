"""What one kind of import is made of; consents, refusals and leads each fill it in."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from compliance.imports.people import PersonCells
from compliance.imports.rows import Checked, ImportFile, RowBlock
from compliance.imports.staging import Staging
from compliance.list_checks.stopped import ListStoppedError
from compliance.lists import Column, RejectCode
from compliance.models import User
from compliance.numbers import Words

Check = Callable[[RowBlock], Checked]


class LateReject(NamedTuple):
    """A row that only the whole list shows to be wrong."""

    line: int
    code: RejectCode
    words: Words


class Hold(NamedTuple):
    """What an import goes into; nobody else's import goes there at the same time."""

    target: str  # "whitelist:2"
    values: Mapping[str, Any]  # of the places in `diff` and `insert`


class ImportKind(ABC):
    """One import's destination and terms, and how its rows are read, compared and applied.

    The diff is additive by its nature: it only ever looks at rows that the list has, so that
    somebody whom the list does not name keeps whatever is on record.
    """

    name: ClassVar[str]  # ListImport.Kind
    action: ClassVar[str]  # of the audit trail
    roles: ClassVar[frozenset[str]]
    columns: ClassVar[Sequence[Column]]
    fields: ClassVar[Mapping[str, str]]  # staged beside the person's own, with their types
    diff: ClassVar[str]
    """SELECTs from `{staged}` what `insert` needs, with `verdict`: added, changed (a new row for
    somebody who has one already), known or withdrawn."""
    insert: ClassVar[str]
    """INSERTs from `d`, the diff, what is added or changed; people are there by then."""

    @property
    @abstractmethod
    def terms(self) -> dict[str, Any]:
        """Return what makes the same import again in another process."""

    @classmethod
    @abstractmethod
    def again(cls, terms: dict[str, Any]) -> "ImportKind":
        """Make the import that has these terms."""

    @abstractmethod
    def hold(self, *, by: User, now: datetime) -> Hold:
        """Let one import at a time in, for the caller's transaction, while calls go on.

        :raises ImportRefusedError: if it takes none
        """

    @abstractmethod
    def checker(self, *, file: ImportFile, people: PersonCells, now: datetime) -> Check:
        """Return what checks one block of rows and writes those that pass as cells to stage."""

    def late_rejects(self, staging: Staging) -> Iterable[LateReject]:  # noqa: ARG002
        """Find staged rows that the list as a whole spoils, in the order of the file."""
        return ()

    def judge(self, *, staging: Staging, file: ImportFile, rejected: Mapping[str, int]) -> None:  # noqa: B027
        """Ask about the staged list as a whole.

        :raises ListStoppedError: if it may not be used at all; `stopped` is called then
        """

    def stopped(
        self,
        *,
        error: ListStoppedError,
        by: User,  # noqa: ARG002
        file_sha256: str,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> None:
        """Act on a list that may not be used at all, when its import is undone."""
        raise error

    def notes(self, *, file: ImportFile, zones_assumed: int) -> tuple[Words, ...]:  # noqa: ARG002
        """Say what people should know about how the list was read."""
        return ()

    @abstractmethod
    def facts(self) -> dict[str, object]:
        """Return what the record says beside the counts."""

    def applied(
        self,
        *,
        hold: Hold,  # noqa: ARG002
        added: int,  # noqa: ARG002
        by: User,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> dict[str, object]:
        """Do what follows in the same transaction; return more for the record."""
        return {}

    def committed(self, *, hold: Hold, by: User, now: datetime) -> None:  # noqa: B027
        """Do what can only follow when everybody sees the rows."""
