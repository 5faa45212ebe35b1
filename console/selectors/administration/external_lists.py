"""Others' do-not-call lists, with their age and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.models import ExternalList, ExternalListEdition
from compliance.selectors.clock_due import numbers_of

RULE = "CN13-REF-08"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShown:
    """One list; without a fresh edition its kind of business is not called."""

    external: ExternalList
    newest: ExternalListEdition | None
    age: timedelta | None
    fresh: bool

    @property
    def hours(self) -> int | None:
        """Return its age in whole hours."""
        return None if self.age is None else self.age // timedelta(hours=1)


def external_lists_shown(*, now: datetime) -> tuple[list[ListShown], timedelta]:
    """Return every list, and how old the rulebook in force lets one grow."""
    most: timedelta = numbers_of(RULE, now).max_age
    rows = ExternalList.objects.prefetch_related("editions").order_by("code")
    return [_shown(row, most, now) for row in rows], most


def _shown(row: ExternalList, most: timedelta, now: datetime) -> ListShown:
    editions = sorted(row.editions.all(), key=lambda one: (one.as_of, one.pk))
    newest = editions[-1] if editions else None
    age = None if newest is None else now - newest.as_of
    fresh = age is not None and timedelta() <= age <= most
    return ListShown(external=row, newest=newest, age=age, fresh=fresh)
