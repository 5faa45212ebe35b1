"""The prefilter over refusals at ten million people beside a Redis set of as many."""

import random
from collections.abc import Callable, Sequence
from time import perf_counter

import redis
from pyroaring import BitMap

from benchmarks.database import broker, fresh_database
from benchmarks.report import Comparison, at_most

REFUSED = 10_000_000
LOOKS = 20_000  # in a round; half of them hit
PIPELINE = 1000  # look-ups of one message
BATCH = 10_000  # numbers of one SADD
KEY = "benchmark:suppression"


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Look up the same people on both sides, taking turns."""
    with fresh_database(server_url), broker(server_url) as redis_url:
        from compliance.suppression import Suppression  # noqa: PLC0415 - needs Django set up

        people = random.Random(7).sample(range(4 * REFUSED), REFUSED + LOOKS // 2)
        refused, others = people[:REFUSED], people[REFUSED:]
        suppression = Suppression(
            principal_id=1,
            industry="education",
            purpose="P3",
            _people={"CN13-REF-01": BitMap(refused)},
        )
        looks = [*refused[: LOOKS // 2], *others]
        random.Random(8).shuffle(looks)
        with redis.Redis.from_url(redis_url) as client:
            try:
                for start in range(0, REFUSED, BATCH):
                    client.sadd(KEY, *refused[start : start + BATCH])
                del people, refused, others  # or else the garbage collector walks all of them
                found = [_round(suppression.denies, client, looks) for _ in range(rounds)]
            finally:
                client.delete(KEY)
    ours = f"µs a look-up among {REFUSED:,} people, in process"
    single = [(one, alone) for one, alone, _ in found]
    piped = [(one, many) for one, _, many in found]
    return [
        Comparison(
            name="suppression",
            ours=ours,
            peer="µs a SISMEMBER, one at a time",
            rounds=single,
            goal=at_most(1 / 30),
        ),
        Comparison(
            name="suppression, pipelined",
            ours=ours,
            peer=f"µs a SISMEMBER, {PIPELINE} in one message",
            rounds=piped,
        ),
    ]


def _round(
    denies: Callable[[int], bool], client: "redis.Redis", looks: Sequence[int]
) -> tuple[float, float, float]:
    """Return the µs of a look-up: ours, one SISMEMBER at a time, and many in one message."""
    began = perf_counter()
    ours = sum([denies(one) for one in looks])
    after_ours = perf_counter()
    single = sum([bool(client.sismember(KEY, str(one))) for one in looks])
    after_single = perf_counter()
    piped = 0
    for start in range(0, len(looks), PIPELINE):
        pipe = client.pipeline(transaction=False)
        for one in looks[start : start + PIPELINE]:
            pipe.sismember(KEY, str(one))
        piped += sum(pipe.execute())
    after_piped = perf_counter()
    if not ours == single == piped == len(looks) // 2:
        raise AssertionError(f"The sides disagree: {ours}, {single}, {piped}.")
    spans = (after_ours - began, after_single - after_ours, after_piped - after_single)
    own, alone, many = (span / len(looks) * 1e6 for span in spans)
    return own, alone, many
