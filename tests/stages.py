"""What many tests of a module stand on is made once: a stage on another, each taken back alone.

To make a world, or even to put its rows back, costs more than most tests do. A test that asks for
`permit` finds the world, the person and the permit that the last one had, every change of its own
undone; one that asks for `world` alone finds the world without the two. Where a test has
transactions of its own, nothing stands.
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from inspect import Parameter, Signature, signature
from itertools import takewhile
from typing import Any, NamedTuple, ParamSpec, TypeVar

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from compliance import editions
from compliance.selectors import (
    filing_facts,
    protected_numbers,
    seat_facts,
    standing_facts,
    vouched_consents,
)
from tests.undone import undone

Given = ParamSpec("Given")
Made = TypeVar("Made")
Make = Callable[..., Any]
PATCHING = {"monkeypatch", "settings"}
_makes: dict[object, Make] = {}  # by the fixture's function


def staged(make: Callable[Given, Made]) -> Any:
    """Turn a function into a fixture of that name, whose value stands for many tests of a module.

    It must depend on nothing but other stages, its arguments, and touch nothing but the database.
    """
    name, needs = make.__name__, signature(make).parameters

    def fixture(stages_copied: dict[str, Any], db: None, **made: Any) -> Any:
        return stages_copied[name] if name in stages_copied else make(**made)  # type: ignore[call-arg]

    asked = [Parameter(one, Parameter.KEYWORD_ONLY) for one in ("stages_copied", "db", *needs)]
    fixture.__signature__ = Signature(asked)  # type: ignore[attr-defined]
    fixture.__doc__ = make.__doc__
    _makes[fixture] = make
    return pytest.fixture(name=name)(fixture)


class Stage(NamedTuple):
    """What one function made, and the block that takes it back."""

    name: str
    make: Make
    block: ExitStack


class Stages:
    """The stages that stand, each made from those before it."""

    def __init__(self) -> None:
        self._stages: list[Stage] = []
        self._made: dict[str, Any] = {}
        self._copy = b""

    def stand_on(self, wanted: dict[str, Make]) -> None:
        """Let these stages stand, in their order, and no others."""
        there = [(stage.name, stage.make) for stage in self._stages]
        names = list(wanted.items())
        pairs = zip(there, names, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if kept == len(there) == len(names):
            return
        while len(self._stages) > kept:
            stage = self._stages.pop()
            del self._made[stage.name]
            stage.block.close()
        try:
            for name, make in names[kept:]:
                self._add(name, make)
        finally:
            self._copy = pickle.dumps(self._made)

    def copies(self) -> dict[str, Any]:
        """Return what the stages were made of, as if it had been read anew."""
        copies: dict[str, Any] = pickle.loads(self._copy) if self._stages else {}  # noqa: S301
        return copies

    def _add(self, name: str, make: Make) -> None:
        with ExitStack() as block:
            block.enter_context(undone())
            made = make(**{need: self._made[need] for need in signature(make).parameters})
            connection.check_constraints()  # now, rather than once more in each test
            self._made[name] = made
            self._stages.append(Stage(name=name, make=make, block=block.pop_all()))


@pytest.fixture(scope="module")
def module_stages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stages]:
    """The stages of a module; none stands after it."""
    stages = Stages()
    yield stages
    with django_db_blocker.unblock():
        stages.stand_on({})


@pytest.fixture
def stages_copied(
    request: pytest.FixtureRequest, module_stages: Stages, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Any]]:
    """The values of the stages that the test asks for, which stand before its own block begins."""
    with django_db_blocker.unblock():
        module_stages.stand_on({} if _has_transactions(request) else stages_of(request.node))
    copies = module_stages.copies()
    if copies:
        protected_numbers.protected_indexes.cache_clear()  # goes by their count alone
    yield copies
    if PATCHING & set(request.fixturenames):
        _forget()


@pytest.fixture
def _django_db_helper(stages_copied: dict[str, Any], _django_db_helper: None) -> None:
    """Begin the test's own block on top of its stages."""


def _forget() -> None:
    """Forget what is held for as long as an epoch lasts, as it may have been read through a patch.

    Else it may stay: each test finds the epoch of its stage, and no epoch ever comes twice, not
    even after a change was taken back.
    """
    editions._schedule.cache_clear()
    filing_facts.filing_facts_at_epoch.cache_clear()
    protected_numbers.protected_indexes.cache_clear()
    seat_facts.seats_at_epoch.cache_clear()
    standing_facts.standing_at_epoch.cache_clear()
    vouched_consents.vouched_at_epoch.cache_clear()


def _has_transactions(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction", False)
    return marked or "transactional_db" in request.fixturenames


def stages_of(item: pytest.Item) -> dict[str, Make]:
    """Return the stages that a test asks for, each after those that it is made from."""
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    wanted: dict[str, Make] = {}

    def want(name: str) -> bool:
        if name in wanted:
            return True
        make = _makes.get(known[name][-1].func) if name in known else None
        if make is None or not all(map(want, signature(make).parameters)):
            return False
        wanted[name] = make
        return True

    for name in item.fixturenames:  # type: ignore[attr-defined]
        want(name)
    return wanted
