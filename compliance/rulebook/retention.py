"""How long records are kept: a floor that nothing goes below, and a ceiling that forces."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from compliance.rulebook.stated import whole

# What no pack can loosen, whatever it states: days.
FLOORS = {
    "recording": 30,
    "recording_collection": 730,
    "recording_insurance": 1825,
    "call_record": 1095,
    "decision": 1095,
    "consent": 1095,
    "assessment": 1095,
    "personal_field": 1095,
    "complaint": 1095,
    "refusal": 36500,
}
CEILINGS = {
    "list": 180,
    "recording": 1095,
    "recording_collection": 1095,
    "recording_insurance": 4015,
    "personal_field": 1095,
}
_KEYS = {"title_zh", "title_en", "floor_days", "keep_days", "ceiling_days", "cites"}


class RetentionError(ValueError):
    """A pack keeps records shorter, or longer, than it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionClass:
    """One kind of record."""

    name: str
    title_zh: str
    title_en: str
    floor_days: int
    keep_days: int
    ceiling_days: int | None  # None: nobody has to delete it

    def deletable_before(self, now: datetime) -> datetime:
        """Return the instant before which records may go: never inside the floor."""
        return now - timedelta(days=max(self.keep_days, self.floor_days))

    def protected_after(self, now: datetime) -> datetime:
        """Return the instant since which the floor forbids to delete."""
        return now - timedelta(days=self.floor_days)

    def overdue_before(self, now: datetime) -> datetime | None:
        """Return the instant before which records have to go."""
        return None if self.ceiling_days is None else now - timedelta(days=self.ceiling_days)


def recording_class(
    classes: Mapping[str, RetentionClass], *, industry: str, purpose: str
) -> RetentionClass:
    """Return how long the recording of a call is kept.

    Which calls ended in a sale, and of what, is not known here: those of insurers are all kept
    as the longest of them.
    """
    if industry == "insurance":
        return classes["recording_insurance"]
    return classes["recording_collection" if purpose == "P5" else "recording"]


def read_retention(
    stated: Mapping[str, Any], *, citations: Collection[str]
) -> dict[str, RetentionClass]:
    """Return the classes that a pack states, each held against its floor and ceiling.

    :raises RetentionError: if a class is missing, or looser than it may be
    """
    if missing := sorted(FLOORS.keys() - stated.keys()):
        raise RetentionError(f"Nothing is said of {', '.join(missing)}.")
    for name, row in stated.items():
        if not row["cites"] or not set(row["cites"]) <= set(citations):
            raise RetentionError(f"{name} cites nothing, or what is not there.")
    return {name: _class(name, row) for name, row in stated.items()}


def _class(name: str, row: Mapping[str, Any]) -> RetentionClass:
    if row.keys() - _KEYS:
        raise RetentionError(f"{name} states what nobody reads.")
    found = RetentionClass(
        name=name,
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        floor_days=whole(row["floor_days"]),
        keep_days=whole(row["keep_days"]),
        ceiling_days=None if "ceiling_days" not in row else whole(row["ceiling_days"]),
    )
    if found.floor_days < FLOORS.get(name, 0):
        raise RetentionError(f"{name}: {found.floor_days} days are below its floor.")
    if not found.floor_days <= found.keep_days <= _ceiling(found):
        raise RetentionError(f"{name} is not kept between its floor and its ceiling.")
    return found


def _ceiling(found: RetentionClass) -> int:
    most = [found.ceiling_days, CEILINGS.get(found.name)]
    return min([days for days in most if days is not None], default=found.keep_days)
