"""`python -m tests.mutation SUITE`: change the code, and see whether a test notices.

Prints each survivor that `survivors.toml` does not name, and one JSON object as the last line;
exits with 1 if there was any such survivor.
"""

import argparse
import importlib
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.mutation.mutants import Mutant, mutant, spots_of
from tests.mutation.survivors import named
from tests.mutation.trial import begin, next_end

WARM = ("pytest", "hypothesis.strategies", "hypothesis.internal.conjecture.engine")


def main(arguments: list[str]) -> int:
    """Try a suite's mutants, or a sample of them that the seed decides."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("suite", choices=["pure", "gate"])
    parser.add_argument("--module", action="append", help="only this one, such as …rules.staff")
    parser.add_argument("--sample", type=int, help="how many mutants; all without it")
    parser.add_argument(
        "--seed", default="", help="the commit, say: the same seed, the same sample"
    )
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    suite = importlib.import_module(f"tests.mutation.{options.suite}")
    for name in WARM:
        importlib.import_module(name)
    spots = [spot for module in options.module or suite.modules() for spot in spots_of(module)]
    chosen = spots
    if options.sample is not None:
        chosen = random.Random(options.seed).sample(spots, min(options.sample, len(spots)))
    known, began = named(), time.monotonic()
    tried = [mutant(spot) for spot in chosen]
    new = [one for one in tried if one.key not in known]
    alive = list(_survivors(new, suite.rounds, jobs=options.jobs))
    for one in alive:  # in the order in which they ended
        sys.stdout.write(
            f"{one.spot.module}:{one.spot.line} {one.spot.function} ({one.spot.operator})\n"
            f"    - {one.was}\n    + {one.becomes}\n"
        )
    figures = {
        "suite": options.suite,
        "seed": options.seed,
        "mutants": len(spots),
        "tried": len(tried),
        "killed": len(new) - len(alive),
        "survivors_named": len(tried) - len(new),
        "survivors_unnamed": len(alive),
        "seconds": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 1 if alive else 0


def _survivors(
    mutants: Iterable[Mutant], rounds: Callable[[str], Sequence[Sequence[str]]], *, jobs: int
) -> Iterator[Mutant]:
    under_way: dict[int, Mutant] = {}
    for one in mutants:
        while len(under_way) >= jobs:
            yield from _ended(under_way)
        under_way[begin(one, rounds=rounds(one.spot.module))] = one
    while under_way:
        yield from _ended(under_way)


def _ended(under_way: dict[int, Mutant]) -> Iterator[Mutant]:
    child, lives = next_end()
    one = under_way.pop(child)
    if lives:
        yield one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
