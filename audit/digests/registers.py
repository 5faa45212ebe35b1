"""What a digest covers: the layers above name their tables, and which entries tell of a row."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Model

# Entries that only tell that somebody looked: they explain no change.
LOOKING = (
    "access.denied",
    "call.asked",
    "campaign.checked",
    "evidence.packed",
    "number.revealed",
    "number.searched",
    "numbers.compared",
    "privacy.disclosed",
    "records.read",
    "rules.replayed",
    "state.digested",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How an entry names a row: `refusal:{id}`, or by another column, `whitelist:{whitelist_id}`.

    An entry that tells of many rows at once states how many in its data as `added` and `changed`;
    it explains no more than those.
    """

    by: str
    actions: Collection[str] = ()  # any that changes something, unless said
    many: bool = False

    @property
    def column(self) -> str:
        """The column that is in the name."""
        return self.by.partition("{")[2].rstrip("}")

    @property
    def kind(self) -> str:
        """The kind of object."""
        return self.by.partition(":")[0]

    def tells(self, action: str) -> bool:
        """Return whether an entry of this action explains a change."""
        return action in self.actions if self.actions else action not in LOOKING


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One table of which every row is digested, in the order of its primary key, `id`."""

    name: str
    model: type[Model]
    told: tuple[Told, ...]
    only: Collection[str] = ()  # columns; all of them unless said
    without: Collection[str] = ()

    @property
    def table(self) -> str:
        """The table in the database."""
        return str(self.model._meta.db_table)  # noqa: SLF001 - public by Django's documentation

    @property
    def key(self) -> str:
        """The column of the primary key: an integer."""
        pk = self.model._meta.pk  # noqa: SLF001 - as above
        return str(pk.column)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are digested, in the order of their names."""
        every = {str(field.column) for field in self.model._meta.concrete_fields}  # noqa: SLF001
        kept = (set(self.only) or every) - set(self.without)
        return tuple(sorted(kept | {self.key}))

    @property
    def shape(self) -> str:
        """A digest of table and columns: after a migration rows differ that nobody touched."""
        said = "\n".join([self.table, *self.columns])
        return hashlib.sha256(said.encode()).hexdigest()
