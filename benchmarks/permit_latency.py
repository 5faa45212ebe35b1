"""A durable permit beside what is physically needed for one: two round trips and one commit."""

from time import perf_counter

from benchmarks.database import fresh_database
from benchmarks.physical import Physical
from benchmarks.report import Comparison, at_most, p50

FILINGS, SEATS, PEOPLE = 4, 100, 10_000


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Let one client ask for permits, a physical permit after each."""
    with fresh_database(server_url) as url, Physical(url) as physical:
        from benchmarks.calls import free_seats, request  # noqa: PLC0415
        from benchmarks.world import world_make  # noqa: PLC0415

        world = world_make(filings=FILINGS, seats=SEATS, people=PEOPLE)
        people = iter(world.people)
        found = []
        for number in range(rounds + 1):
            ours, needed = [], []
            for seat in world.seats:
                began = perf_counter()
                request(filing=world.filings[number % FILINGS], person=next(people), seat=seat)
                between = perf_counter()
                physical.permit()
                ours.append(between - began)
                needed.append(perf_counter() - between)
            found.append((p50(ours), p50(needed)))
            free_seats()
    comparison = Comparison(
        name="permit_latency",
        ours="permit_request with its commit, one client, p50 in µs",
        peer="2 × SELECT 1 and one durable INSERT, p50 in µs",
        rounds=found[1:],  # the first round warms caches and plans
        goal=at_most(2),
        must=at_most(4),
        notes=[f"{PEOPLE:,} people, each with an earlier call; {SEATS} permits a round"],
    )
    return [comparison]
