"""Fill an empty database with a year of decisions."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit.keys import make_missing
from config.demo.sample import OPENING
from config.history.calls import Call, Chooser, calls_store
from config.history.empty import make_ready
from config.history.people import people_make
from config.history.templates import house_make
from config.history.trail import Trail, months_make

YEAR = timedelta(days=365)
BATCH = 20_000
LAST = OPENING - timedelta(days=2)  # before the sample's own first day


def fill(*, decisions: int, numbers: int, say: Callable[[str], None]) -> None:
    """Make the house, the people and the decisions; entries of the trail wait to be sealed.

    :raises SentenceError: if the database is not empty
    """
    make_missing()
    make_ready()
    first = LAST - YEAR
    months_make(f"{first:%Y-%m-01}", f"{LAST:%Y-%m-01}")
    house = house_make()
    say("the house stands, and the gate has decided")
    filing = next(one.filing for one in house.templates if one.verdict == "allow")
    people = people_make(count=numbers, at=first, filing=filing)
    say(f"{numbers:,} numbers")
    chooser, trail = Chooser(house=house, people=people), Trail()
    for start in range(0, decisions, BATCH):
        places = range(start, min(start + BATCH, decisions))
        calls = [chooser.call(n, _at(n, decisions, first)) for n in places]
        with transaction.atomic():
            _store(calls, trail, seats=len(house.seats))
        say(f"{places.stop:,} of {decisions:,} decisions")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _store(calls: list[Call], trail: Trail, *, seats: int) -> None:
    calls_store(calls, seats=seats)
    trail.write(calls)


def _at(n: int, decisions: int, first: datetime) -> datetime:
    """Spread the decisions evenly over the year."""
    return first + YEAR * n / decisions
