"""Kills the processes of a running demo at random moments, each time until it is back."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import psycopg
import redis

from dialer.lines.carrier import records
from tests.chaos.demo import Demo, alive, memory_mb, soon

# Of fifty deaths: whatever a call needs, and the two processes that drive the floor.
DEATHS = {"lines": 14, "database": 12, "broker": 11, "worker": 9, "beat": 2, "agents": 2}
FIFTY = sum(DEATHS.values())
PAUSE_SECONDS = (0.3, 1.7)
BACK_SECONDS = 30.0
TRUNK_LOCK = 5 << 24  # upper half of the advisory lock that the owner of a trunk holds


def deaths(*, kills: int) -> Counter[str]:
    """Return how often each process dies in a run of that many kills: everybody at least once."""
    return Counter({name: max(1, times * kills // FIFTY) for name, times in DEATHS.items()})


def victims(*, kills: int, seed: int) -> Iterator[tuple[str, float]]:
    """Yield each victim with the seconds to let the campaign run before its death."""
    dice = random.Random(seed)
    deck = list(deaths(kills=kills).elements())
    dice.shuffle(deck)
    for name in deck:
        yield name, dice.uniform(*PAUSE_SECONDS)


class Killer:
    """Ends one process after the other."""

    def __init__(self, running: Demo) -> None:
        """Watch the demo's processes."""
        self._demo = running
        self._urls = running.servers()
        self.killed: list[tuple[datetime, str, float]] = []  # when, whom, seconds until back
        self.memory_mb = 0.0  # the most that all processes together have occupied

    def run(self, *, kills: int, seed: int) -> None:
        """Kill everybody in turn; the demo has nobody but its own supervisor to help it."""
        for name, pause in victims(kills=kills, seed=seed):
            self._demo.let_run(seconds=pause)
            self._kill(name)
            self.memory_mb = max(self.memory_mb, memory_mb(self._demo.pid))

    @property
    def last_at(self) -> datetime:
        """When the last one was killed."""
        return self.killed[-1][0]

    def _kill(self, name: str) -> None:
        # One that has just ended by itself, a line whose database died, is soon back: that one.
        self._demo.wait(lambda: alive(self._demo.pids()[name]), seconds=BACK_SECONDS)
        pid = self._demo.pids()[name]
        instant, began = records.now(), time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._demo.wait(
            lambda: self._is_back(name, former=pid, killed_at=instant), seconds=BACK_SECONDS
        )
        self.killed.append((instant, name, time.monotonic() - began))

    def _is_back(self, name: str, *, former: int, killed_at: datetime) -> bool:
        if self._demo.pids().get(name, former) == former:
            return False
        match name:
            case "database":
                return self._demo.servers() != {}
            case "broker":
                return self._broker_answers()
            case "lines":
                return self._trunk_is_owned(since=killed_at)
            case _:
                return True

    def _broker_answers(self) -> bool:
        try:
            with redis.Redis.from_url(self._urls["REDIS_URL"]) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _trunk_is_owned(self, *, since: datetime) -> bool:
        """Tell whether a new session owns it: the killed one's lock stays for a moment."""
        held = (
            "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND classid = %s AND backend_start > %s"
        )
        with psycopg.connect(self._urls["DATABASE_URL"]) as connection:
            return connection.execute(held, [TRUNK_LOCK, since]).rowcount > 0


def calls_go_on(running: Demo, *, seconds: float) -> bool:
    """Tell whether new calls reach the carrier by themselves."""
    now = running.invites()
    return soon(lambda: running.invites() > now, seconds=seconds)
