"""What has changed in a register since its last digest, and which changes nobody recorded."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from audit.digests.chunks import rows_of
from audit.digests.registers import Register, Told
from audit.digests.since import Said

BATCH = 10_000


@dataclass(kw_only=True)
class Change:
    """Rows of one register that are not as they were, by their keys."""

    added: set[int] = field(default_factory=set)
    altered: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.added) + len(self.altered) + len(self.removed)

    def take(self, before: bytes, now: bytes) -> None:
        """Take in one chunk as it was and as it is."""
        old, new = rows_of(before), rows_of(now)
        self.added |= new.keys() - old.keys()
        self.removed |= old.keys() - new.keys()
        self.altered |= {key for key in old.keys() & new.keys() if old[key] != new[key]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """A row that changed, and no entry since the last digest says so."""

    register: str
    key: int  # primary key; 0 where `how` is about the register as a whole
    how: str  # added, altered, removed; `more than <object> tells`, `digests altered`


def unexplained(register: Register, change: Change, said: Mapping[str, Said]) -> list[Unexplained]:
    """Return the changed rows that no entry accounts for, in the order of their keys."""
    found: list[Unexplained] = []
    spent: Counter[str] = Counter()
    for how in ("added", "altered", "removed"):
        keys: set[int] = getattr(change, how)
        names = _names(register, keys, gone=how == "removed")
        for key in sorted(keys):
            why = _why(register, names.get(key, {}), said, spent, how)
            if why:
                found.append(Unexplained(register=register.name, key=key, how=why))
    return found


def _why(
    register: Register,
    columns: Mapping[str, object],
    said: Mapping[str, Said],
    spent: Counter[str],
    how: str,
) -> str:
    """Return "" if an entry accounts for the row, and else how it has changed."""
    excess = ""
    for told in sorted(register.told, key=lambda one: one.many):
        obj = _object(told, columns)
        entry = said.get(obj) if obj else None
        if entry is None or not any(told.tells(action) for action in entry.actions):
            continue
        if not told.many:
            return ""
        if how != "removed" and spent[obj] < entry.rows:
            spent[obj] += 1
            return ""
        excess = f"{how}, more than {obj} tells"
    return excess or how


def _object(told: Told, columns: Mapping[str, object]) -> str:
    if not told.column:
        return told.by
    value = columns.get(told.column)
    return "" if value is None else told.by.replace(f"{{{told.column}}}", str(value))


def _names(
    register: Register, keys: Collection[int], *, gone: bool
) -> dict[int, dict[str, object]]:
    """Return the columns by which entries name each row; of a row that is gone, its key."""
    wanted = sorted({told.column for told in register.told if told.column} - {register.key})
    if gone or not wanted:
        return {key: {register.key: key} for key in keys}
    columns = ", ".join(f'"{column}"' for column in (register.key, *wanted))
    ordered, found = sorted(keys), {}
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), BATCH):
            cursor.execute(
                f'SELECT {columns} FROM "{register.table}" WHERE "{register.key}" = ANY(%s)',  # noqa: S608  # nosec B608
                [ordered[start : start + BATCH]],
            )
            for row in cursor:
                found[row[0]] = dict(zip((register.key, *wanted), row, strict=True))
    return found
