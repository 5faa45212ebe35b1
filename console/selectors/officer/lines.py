"""One line of a person's time line: what happened, in both languages, and what proves it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from compliance.models import Person, User
from compliance.numbers import Words

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Key = int | UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How the audit trail tells of a line: about these objects, by these actions."""

    objects: tuple[str, ...]
    actions: frozenset[str]
    at: datetime | None = None  # exactly then, where the object has many such entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What happened to one person at one instant."""

    at: datetime
    kind: str
    key: Key
    title: Words
    details: tuple[Words, ...] = ()
    tone: str = "plain"  # of the badge: allow, defer, refuse, plain
    named: Named | None = None  # None: the trail has no entry for it alone
    decision: UUID | None = None
    complaint: int | None = None
    refusal: int | None = None
    rules: tuple[str, ...] = field(default=())  # that objected


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where lines of one kind come from. `rank` orders what happened at the same instant."""

    kind: str
    rank: int
    words: Words
    moment: str  # the column of the instant
    rows: Callable[[Person, User], QuerySet[Any]]
    line: Callable[[Any], Line]
    parse: Callable[[str], Key] = int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the time line: the last line of a page."""

    at: datetime
    rank: int
    key: Key

    @property
    def text(self) -> str:
        """Return the place as an address can hold it."""
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.rank}.{self.key}"


def place_from(text: str, sources: tuple[Source, ...]) -> Place | None:
    """Read a place; what is none is the beginning."""
    try:
        moment, rank, key = text.split(".", 2)
        source = next(one for one in sources if one.rank == int(rank))
        at = EPOCH + int(moment) * MICROSECOND
        return Place(at=at, rank=source.rank, key=source.parse(key))
    except (ValueError, StopIteration, OverflowError):
        return None


def older_than(place: Place | None, source: Source) -> Q:
    """Match the rows of a source that come after `place`, the newest first, none of them twice."""
    if place is None:
        return Q()
    moment = source.moment
    earlier, until = Q(**{f"{moment}__lt": place.at}), Q(**{f"{moment}__lte": place.at})
    if source.rank == place.rank:
        return until & (earlier | Q(pk__lt=place.key))
    return until if source.rank < place.rank else earlier
