"""What a pack states for one rule on one day, read strictly: nothing missing, nothing extra."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from compliance.rulebook.facts import PURPOSES
from compliance.rulebook.local import LocalClock

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A rule's table of numbers, the country's clock, and the tables that the rule borrows."""

    table: Mapping[str, Any]
    clock: LocalClock
    used: Mapping[str, Mapping[str, Any]]  # tables of other rules, so that no number is said twice

    def only(self, *keys: str) -> None:
        """Raise ValueError unless the table has exactly these keys."""
        if self.table.keys() != set(keys):
            raise ValueError(f"Expected {sorted(keys)}, the pack states {sorted(self.table)}.")

    def borrowed(self, name: str) -> "Stated":
        """Return the table that the pack lends to the rule under `name`."""
        return Stated(table=self.used[name], clock=self.clock, used={})

    def number(self, key: str) -> int:
        """Return a whole number of at least 1."""
        return whole(self.table[key], least=1)

    def flag(self, key: str) -> bool:
        """Return a yes or no."""
        value = self.table[key]
        if not isinstance(value, bool):
            raise TypeError(f"{key} = {value!r} is not true or false.")
        return value

    def names(self, key: str) -> frozenset[str]:
        """Return a set of codes."""
        return names(self.table[key])

    def by_purpose(self, read: Callable[[Any], T]) -> dict[str, T]:
        """Return one value for each purpose; the table is that and nothing else."""
        self.only(*PURPOSES)
        return {purpose: read(self.table[purpose]) for purpose in PURPOSES}


def whole(value: Any, *, least: int = 0) -> int:
    """Return `value`, a whole number not below `least`."""
    if type(value) is not int or value < least:
        raise ValueError(f"{value!r} is not a whole number of at least {least}.")
    return value


def names(value: Any) -> frozenset[str]:
    """Return `value`, a list of codes, as a set."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{value!r} is not a list of codes.")
    return frozenset(value)
