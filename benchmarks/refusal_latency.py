"""How soon a refusal holds: from taking it down to the first try that it stops."""

from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.database import fresh_database
from benchmarks.physical import Physical
from benchmarks.report import Comparison, at_most, p50, p99

if TYPE_CHECKING:
    from benchmarks.world import World

COMMIT = "one durable INSERT, p50 in µs"
CALLS = 100  # in a round: half of them stopped at the redemption, half at the gate


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Refuse while a permit is out, then try to use the permit, or to get another one."""
    with fresh_database(server_url) as url, Physical(url) as physical:
        from benchmarks.calls import free_seats  # noqa: PLC0415
        from benchmarks.world import world_make  # noqa: PLC0415

        world = world_make(filings=rounds + 1, seats=CALLS + 1, people=(rounds + 1) * CALLS)
        people = iter(world.people)
        found, typical = [], []
        for filing in world.filings:  # whose caller numbers may each be used 500 times a day
            ours, commits = [], []
            for call in range(CALLS):
                ours.append(enforced(world, filing, next(people), call))
                began = perf_counter()
                physical.durable_insert()
                commits.append(perf_counter() - began)
            found.append((p99(ours), p50(commits)))
            typical.append((p50(ours), p50(commits)))
            free_seats()
    return [
        Comparison(
            name="refusal_latency",
            ours="refusal taken down until it stops a try, p99 in µs",
            peer=COMMIT,
            rounds=found[1:],  # the first round warms caches and plans
            goal=at_most(10),
            notes=["refusal_record with its commit, then redeem or permit_request until its no"],
        ),
        Comparison(
            name="refusal_latency, typical",
            ours="the same, p50 in µs",
            peer=COMMIT,
            rounds=typical[1:],
        ),
    ]


def enforced(world: "World", filing: int, person: int, call: int) -> float:
    """Return the seconds from the refusal until a try is stopped by it."""
    from benchmarks.calls import refuse, request, stopped_by_refusal  # noqa: PLC0415

    permit = request(filing=filing, person=person, seat=world.seats[call])
    began = perf_counter()
    refuse(person=person, principal=world.principal)
    stopped = stopped_by_refusal(
        permit=permit, spare_seat=world.seats[CALLS], at_the_line=call % 2 == 0
    )
    seconds = perf_counter() - began
    if not stopped:
        raise AssertionError("A try went through after the refusal.")
    return seconds
