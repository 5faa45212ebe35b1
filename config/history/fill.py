"""Fill an empty database with a year of decisions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from audit.keys import make_missing
from audit.sealing.sequencer import Sequencer
from audit.sealing.signer import Signer
from audit.sealing.state import begin_log
from audit.sealing_keys import log_keys
from config.demo.sample import OPENING
from config.history.calls import Call, Chooser, calls_store
from config.history.empty import make_ready
from config.history.people import people_make
from config.history.templates import house_make
from config.history.trail import Trail, months_make

YEAR = timedelta(days=365)
BATCH = 20_000
SIGN_SECONDS = 60.0
LAST = OPENING - timedelta(days=2)  # before the sample's own first day


def fill(*, decisions: int, numbers: int, say: Callable[[str], None]) -> None:
    """Make the house, the people and the decisions, and seal the trail of them.

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
        calls = [chooser.call(n, instant(n, decisions, first)) for n in places]
        with transaction.atomic():
            _store(calls, trail, seats=len(house.seats))
        say(f"{places.stop:,} of {decisions:,} decisions")
    _seal()
    say("the trail is sealed")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _seal() -> None:
    """Seal what has been written, with a signer whose account ends here.

    A sequencer of an installation refuses to go on with this log: nobody takes it for a real one.
    """
    begin_log()
    with TemporaryDirectory() as folder:
        signer = Signer(folder=Path(folder), keys=log_keys)
        published = Path(folder) / "published"
        Sequencer(signer=signer, publish_to=published, sign_seconds=SIGN_SECONDS).drain()


def _store(calls: list[Call], trail: Trail, *, seats: int) -> None:
    calls_store(calls, seats=seats)
    trail.write(calls)


def instant(n: int, decisions: int, first: datetime) -> datetime:
    """Return when the n-th decision was made: they are spread evenly over the year."""
    return first + YEAR * (n / decisions)
