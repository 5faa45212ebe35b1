"""One thing that expires or falls due, with its last good day and what it is called."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from compliance.editions import book_at
from compliance.lists.moments import LOCAL
from compliance.numbers import Words
from compliance.rulebook.book import Book

DAY = timedelta(days=1)
_held: ContextVar[Book | None] = ContextVar("_held", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A clock that runs; it is overdue once its last good day, or its instant, is over."""

    clock: str  # what kind: "licence", "training" …
    obj: str  # as the audit trail names it: "licence:3"
    due_on: date  # local; the last good day
    overdue: bool
    words: Words
    stops_calls: bool  # the rulebook refuses calls once it is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What all clocks of a kind have in common."""

    clock: str
    words: Words
    stops_calls: bool

    def due(self, obj: str, on: date, *, today: date, **said: object) -> Due:
        """Return a clock that is overdue from the day after `on`."""
        return self._due(obj, on, on < today, said)

    def due_at(self, obj: str, at: datetime, *, now: datetime, **said: object) -> Due:
        """Return a clock that is overdue after the instant."""
        return self._due(obj, local_day(at), at < now, said)

    def _due(self, obj: str, on: date, overdue: bool, said: dict[str, object]) -> Due:  # noqa: FBT001
        return Due(
            clock=self.clock,
            obj=obj,
            due_on=on,
            overdue=overdue,
            words=self.words.filled(**said),
            stops_calls=self.stops_calls,
        )


def stopping(clock: str, zh: str, en: str) -> Face:
    """Describe clocks after which the rulebook refuses calls."""
    return Face(clock=clock, words=Words(zh, en), stops_calls=True)


def reminding(clock: str, zh: str, en: str) -> Face:
    """Describe clocks that no call waits for."""
    return Face(clock=clock, words=Words(zh, en), stops_calls=False)


def local_day(at: datetime) -> date:
    """Return the day in China."""
    return at.astimezone(LOCAL).date()


@contextmanager
def one_book(at: datetime) -> Iterator[None]:
    """Ask the rulebook in force once, for all clocks that are read inside."""
    token = _held.set(book_at(at))
    try:
        yield
    finally:
        _held.reset(token)


def its_book(at: datetime) -> Book:
    """Return the rulebook in force: the one that was asked for all clocks, if it was."""
    return _held.get() or book_at(at)


def numbers_of(rule_id: str, at: datetime) -> Any:
    """Return what the rulebook in force states for a rule.

    :raises KeyError: if it has no such rule
    """
    bound = its_book(at).rule(rule_id)
    if bound is None:
        raise KeyError(rule_id)
    return bound.params
