"""How soon a refusal holds while other processes do nothing but ask for permits."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Event, Semaphore

from benchmarks.database import fresh_database, point_django_at
from benchmarks.report import Comparison, at_most, p50, p99

ASKING = 4  # processes
CALLS = 100  # in a round: half of them stopped at the redemption, half at the gate
GOAL, FLOOR = 500_000.0, 4.0  # µs; the floor is 2 s, four times the goal


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Refuse and try again, as `refusal_latency` does, under the load of others."""
    with fresh_database(server_url) as url:
        from benchmarks.calls import free_seats  # noqa: PLC0415 - needs Django set up
        from benchmarks.refusal_latency import enforced  # noqa: PLC0415
        from benchmarks.world import world_make  # noqa: PLC0415

        seats = CALLS + 1 + ASKING
        world = world_make(filings=rounds + 2, seats=seats, people=(rounds + 1) * CALLS + ASKING)
        asking = list(zip(world.people[-ASKING:], world.seats[-ASKING:], strict=True))
        people = iter(world.people)
        found, typical = [], []
        with _load(url, filing=world.filings[-1], asking=asking):
            for filing in world.filings[:-1]:
                ours = [enforced(world, filing, next(people), call) for call in range(CALLS)]
                found.append((p99(ours), GOAL))
                typical.append((p50(ours), GOAL))
                free_seats()
    return [
        Comparison(
            name="refusals_under_load",
            ours="refusal taken down until it stops a try, p99 in µs",
            peer="µs that it may take",
            rounds=found[1:],  # the first round warms caches and plans
            goal=at_most(1),
            must=at_most(FLOOR),
            notes=[f"{ASKING} processes ask for permits meanwhile, without a pause"],
        ),
        Comparison(
            name="refusals_under_load, typical",
            ours="the same, p50 in µs",
            peer="µs that it may take",
            rounds=typical[1:],
        ),
    ]


@contextmanager
def _load(url: str, *, filing: int, asking: Sequence[tuple[int, int]]) -> Iterator[None]:
    """Let each process ask for its person over and over: all but the first are decided anew."""
    context = get_context("spawn")
    over, ready = context.Event(), context.Semaphore(0)
    workers = [
        context.Process(
            target=_ask,
            args=(url, os.environ["KEYS_DIR"], filing, person, seat, over, ready),
            daemon=True,
        )
        for person, seat in asking
    ]
    for worker in workers:
        worker.start()
    try:
        for _ in workers:
            if not ready.acquire(timeout=60):
                raise TimeoutError("A process that should ask did not begin.")
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()


def _ask(  # noqa: PLR0917 - what a spawned process is told
    url: str, keys: str, filing: int, person: int, seat: int, over: Event, ready: Semaphore
) -> None:
    point_django_at(url=url, keys=keys)
    from benchmarks.calls import request  # noqa: PLC0415 - needs Django set up

    ready.release()
    while not over.is_set():
        with suppress(TypeError):  # refused: its person has a permit already
            request(filing=filing, person=person, seat=seat)
