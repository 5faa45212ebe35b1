"""Permits a second from eight processes beside bare durable inserts from eight processes."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from benchmarks.database import fresh_database, point_django_at
from benchmarks.physical import Physical
from benchmarks.report import Comparison, at_least

WORKERS = 8
SEATS_EACH = 31  # with more than 250 seats in all, a caller number's cap would always be near
Share = tuple[int, float, float]  # operations, and when they began and ended (monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One worker's part of a round: permits for these people, or inserts for so long."""

    filing: int = 0
    people: Sequence[int] = ()
    seats: Sequence[int] = ()
    seconds: float = 0


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Let the workers ask for permits on one caller number a round, and insert in between."""
    with fresh_database(server_url) as url:
        from benchmarks.calls import free_seats  # noqa: PLC0415
        from benchmarks.world import world_make  # noqa: PLC0415

        calls = WORKERS * SEATS_EACH
        world = world_make(filings=rounds + 1, seats=calls, people=(rounds + 1) * calls)
        found = []
        with _Crew(url) as crew:
            for number, filing in enumerate(world.filings):
                people = world.people[number * calls :]
                asked = [
                    _Work(filing=filing, people=people[part], seats=world.seats[part])
                    for part in (
                        slice(n * SEATS_EACH, (n + 1) * SEATS_EACH) for n in range(WORKERS)
                    )
                ]
                ours, seconds = crew.rate(asked)
                bare, _ = crew.rate([_Work(seconds=seconds)] * WORKERS)
                found.append((ours, bare))
                free_seats()
    comparison = Comparison(
        name="permit_throughput",
        ours=f"permits a second, {WORKERS} processes, one caller number",
        peer=f"durable single-row inserts a second, {WORKERS} processes",
        rounds=found[1:],  # the first round warms caches and plans
        goal=at_least(0.5),
        notes=[
            f"{calls} permits a round, each round on a caller number of its own (500 a day each)",
            f"{os.cpu_count()} cores for the workers and the database together",
        ],
    )
    return [comparison]


class _Crew:
    """Worker processes that begin each piece of work together."""

    def __init__(self, url: str) -> None:
        context = get_context("spawn")
        self._barrier = context.Barrier(WORKERS)  # kept here until every worker has it
        self._pipes: list[Connection] = []
        self._workers = []
        for _ in range(WORKERS):
            ours, theirs = context.Pipe()
            told = (theirs, self._barrier, url, os.environ["KEYS_DIR"])
            worker = context.Process(target=_serve, args=told, daemon=True)
            worker.start()
            theirs.close()  # so that a worker's death ends the wait for its answer
            self._pipes.append(ours)
            self._workers.append(worker)

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *_problem: object) -> None:
        for pipe in self._pipes:
            with suppress(BrokenPipeError):  # a worker that died has told its own story
                pipe.send(None)
        for worker in self._workers:
            worker.join()

    def rate(self, work: Sequence[_Work]) -> tuple[float, float]:
        """Return operations a second over all workers, and how many seconds it took."""
        for pipe, piece in zip(self._pipes, work, strict=True):
            pipe.send(piece)
        shares: list[Share] = [pipe.recv() for pipe in self._pipes]
        seconds = max(end for _, _, end in shares) - min(begin for _, begin, _ in shares)
        return sum(done for done, _, _ in shares) / seconds, seconds


def _serve(pipe: Connection, barrier: Barrier, url: str, keys: str) -> None:
    point_django_at(url=url, keys=keys)
    with Physical(url) as physical:
        while (work := pipe.recv()) is not None:
            barrier.wait(timeout=60)
            share = physical.inserts_per_second(work.seconds) if work.seconds else _permits(work)
            pipe.send(share)


def _permits(work: _Work) -> Share:
    from time import monotonic  # noqa: PLC0415

    from benchmarks.calls import request  # noqa: PLC0415 - needs Django set up

    began = monotonic()
    for person, seat in zip(work.people, work.seats, strict=True):
        request(filing=work.filing, person=person, seat=seat)
    return len(work.seats), began, monotonic()
