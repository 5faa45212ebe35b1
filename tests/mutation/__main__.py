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
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import ModuleType

from tests.mutation.mutants import Mutant, mutant, path_of, spots_of
from tests.mutation.survivors import named
from tests.mutation.trial import BrokenTrialError, begin, next_end

WARM = ("pytest", "hypothesis.strategies", "hypothesis.internal.conjecture.engine")


def main(arguments: list[str]) -> int:
    """Try a suite's mutants, or a sample of them that the seed decides."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("suite", choices=["pure"])
    parser.add_argument("--module", action="append", help="only this one, such as …rules.staff")
    parser.add_argument("--operator", help="only this one, such as DropObjection")
    parser.add_argument("--sample", type=int, help="how many mutants; all without it")
    parser.add_argument(
        "--seed", default="", help="the commit, say: the same seed, the same sample"
    )
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    suite = importlib.import_module(f"tests.mutation.{options.suite}")
    for name in WARM:
        importlib.import_module(name)
    spots = [
        spot
        for module in options.module or suite.modules()
        for spot in spots_of(module)
        if options.operator in (None, spot.operator)
    ]
    chosen = spots
    if options.sample is not None:
        chosen = random.Random(options.seed).sample(spots, min(options.sample, len(spots)))
    known, began = named(), time.monotonic()
    tried = [mutant(spot) for spot in chosen]
    new = [one for one in tried if one.key not in known]
    alive = list(_alive(new, suite, jobs=options.jobs))
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


def _alive(mutants: list[Mutant], suite: ModuleType, *, jobs: int) -> Iterator[Mutant]:
    by_name = [one for one in mutants if suite.is_found_by_name(one.spot.module)]
    others = [one for one in mutants if one not in by_name]
    if others:
        _check(others[0], suite)
        yield from _survivors(others, suite, jobs=jobs)
    if by_name:
        suite.import_all()
        _check(by_name[0], suite)
        yield from _survivors(by_name, suite, jobs=jobs)


def _check(one: Mutant, suite: ModuleType) -> None:
    """Raise unless the true code passes: tests that fail anyway would kill every mutant."""
    true_code = replace(one, code=path_of(one.spot.module).read_text(encoding="utf-8"))
    begin(true_code, rounds=suite.rounds(one.spot.module)[:1], forget=suite.forget)
    if not next_end()[1]:
        raise BrokenTrialError(f"The tests of {one.spot.module} fail on the true code.")


def _survivors(mutants: Iterable[Mutant], suite: ModuleType, *, jobs: int) -> Iterator[Mutant]:
    under_way: dict[int, Mutant] = {}
    for one in mutants:
        while len(under_way) >= jobs:
            yield from _ended(under_way)
        rounds = suite.rounds(one.spot.module)
        under_way[begin(one, rounds=rounds, forget=suite.forget)] = one
    while under_way:
        yield from _ended(under_way)


def _ended(under_way: dict[int, Mutant]) -> Iterator[Mutant]:
    child, lives = next_end()
    one = under_way.pop(child)
    if lives:
        yield one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
