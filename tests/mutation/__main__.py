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
from functools import partial
from types import ModuleType

from tests.mutation.mutants import Mutant, Spot, mutant, path_of, spots_of
from tests.mutation.survivors import named
from tests.mutation.trial import BrokenTrialError, begin, next_end

WARM = ("pytest", "hypothesis.strategies", "hypothesis.internal.conjecture.engine")


def main(arguments: list[str]) -> int:
    """Try a suite's mutants, or a sample of them that the seed decides."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("suite", choices=["pure", "gate"])
    parser.add_argument("--module", action="append", help="only this one, such as …rules.staff")
    parser.add_argument("--operator", help="only this one, such as DropObjection")
    parser.add_argument("--sample", type=int, help="how many mutants; all without it")
    parser.add_argument(
        "--seed", default="", help="the commit, say: the same seed, the same sample"
    )
    parser.add_argument(
        "--always",
        action="append",
        default=[],
        help="MODULE/OPERATOR: all of these besides the sample",
    )
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    suite = importlib.import_module(f"tests.mutation.{options.suite}")
    spots = [
        spot
        for module in options.module or suite.modules()
        for spot in spots_of(module, without=suite.WITHOUT)
        if options.operator in (None, spot.operator)
    ]
    known, began = named(), time.monotonic()
    tried = [mutant(spot) for spot in _chosen(spots, options)]
    new = [one for one in tried if one.key not in known]
    with suite.running():
        for name in WARM:
            importlib.import_module(name)
        alive = 0
        for one in _alive(new, suite, jobs=options.jobs):  # in the order in which they ended
            alive += 1
            sys.stdout.write(
                f"{one.spot.module}:{one.spot.line} {one.spot.function} ({one.spot.operator})\n"
                f"    - {one.was}\n    + {one.becomes}\n"
            )
            sys.stdout.flush()
    figures = {
        "suite": options.suite,
        "seed": options.seed,
        "mutants": len(spots),
        "tried": len(tried),
        "killed": len(new) - alive,
        "survivors_named": len(tried) - len(new),
        "survivors_unnamed": alive,
        "seconds": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 1 if alive else 0


def _chosen(spots: list[Spot], options: argparse.Namespace) -> list[Spot]:
    if options.sample is None:
        return spots
    always = [spot for spot in spots if f"{spot.module}/{spot.operator}" in options.always]
    others = [spot for spot in spots if spot not in always]
    size = min(options.sample, len(others))
    return always + random.Random(options.seed).sample(others, size)


def _alive(mutants: list[Mutant], suite: ModuleType, *, jobs: int) -> Iterator[Mutant]:
    in_place = [one for one in mutants if suite.may_stay(one.spot.module)]
    others = [one for one in mutants if one not in in_place]
    if others:
        _check(others, suite)
        yield from _survivors(others, suite, jobs=jobs)
    if in_place:
        suite.import_all()
        _check(in_place, suite)
        yield from _survivors(in_place, suite, jobs=jobs)


def _check(mutants: list[Mutant], suite: ModuleType) -> None:
    """Raise unless the true code passes: tests that fail anyway would kill every mutant.

    It is put in as a mutant is, so this shows too that putting in alone breaks nothing.
    """
    one_each = {one.spot.module: one for one in mutants}
    true_code = [
        replace(one, code=path_of(name).read_text(encoding="utf-8"))
        for name, one in one_each.items()
    ]
    rounds = suite.proof(list(one_each))
    begin(*true_code, rounds=rounds, forget=suite.forget, settle=partial(suite.settle, 0))
    if not next_end()[1]:
        raise BrokenTrialError(f"The tests of {', '.join(one_each)} fail on the true code.")


def _survivors(mutants: Iterable[Mutant], suite: ModuleType, *, jobs: int) -> Iterator[Mutant]:
    free, under_way = list(range(jobs)), dict[int, tuple[int, Mutant]]()
    for one in mutants:
        if not free:
            yield from _ended(under_way, free)
        place = free.pop()
        child = begin(
            one,
            rounds=suite.rounds(one.spot.module),
            forget=suite.forget,
            settle=partial(suite.settle, place),
        )
        under_way[child] = place, one
    while under_way:
        yield from _ended(under_way, free)


def _ended(under_way: dict[int, tuple[int, Mutant]], free: list[int]) -> Iterator[Mutant]:
    child, lives = next_end()
    place, one = under_way.pop(child)
    free.append(place)
    if lives:
        yield one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
