"""Write down what has happened although the database is away: now, later, or for so long only."""

import logging
import math
import queue
import time
from collections.abc import Callable

from django.db import Error as DatabaseError
from django.db import close_old_connections

log = logging.getLogger(__name__)
PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0)  # between tries while the database is away; then the last


def work(waiting: "queue.SimpleQueue[Callable[[], object] | None]") -> None:
    """Do one job after the other until there is a None."""
    while (job := waiting.get()) is not None:
        try:
            job()
        except DatabaseError as error:
            # Before the INVITE: no commit, no call. The permit expires, the sweep frees its lead.
            log.warning("no call, the database is away: %s", type(error).__name__)
            close_old_connections()
        except Exception:
            log.exception("a call's event could not be handled")


def until_done(write: Callable[[], object]) -> None:
    """Write down what has happened, however long the database is away."""
    done(write, within_seconds=math.inf)


def done(write: Callable[[], object], *, within_seconds: float) -> bool:
    """Try to write while the time lasts. Return False if the database is away for longer."""
    deadline = time.monotonic() + within_seconds
    tries = 0
    while True:
        try:
            write()
        except DatabaseError as error:
            close_old_connections()
            log.warning("waiting for the database: %s", type(error).__name__)
            pause = PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)]
            if time.monotonic() + pause > deadline:
                return False
            time.sleep(pause)
            tries += 1
        else:
            return True
