"""The functional core: its modules, and the tests that are to kill their mutants."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.mutation.handover import hand_over
from tests.mutation.mutants import ROOT

CORE = ROOT / "compliance" / "rulebook"
TESTS = ROOT / "tests" / "compliance" / "rulebook"
OF_BOOKS = (
    "test_book.py",
    "test_books.py",
    "test_codec.py",
    "test_edition.py",
    "test_floors.py",
    "test_overlay.py",
    "test_purity.py",
    "test_replay.py",
    "test_retention.py",
    "test_stated.py",
)
OF_ALL = ("test_reasons.py", "test_monotone.py")  # they ask every rule
KEEPS_A_BOOK = re.compile(r"^[A-Z].* = .*\bbook\(", re.MULTILINE)
NOT_PURE = ("django", "compliance.models", "compliance.services", "compliance.selectors")
WITHOUT = (  # the gate's
    *("DropCall", "DropRaise", "DropFilter"),
    *("DropSafeguard", "DropCondition", "MoveBoundary"),
)
# No Django and no database, and the same examples each time.
PLAIN = (
    f"--config-file={ROOT / 'tests' / 'mutation' / 'pure.ini'}",
    f"--rootdir={ROOT}",
    "--noconftest",
)


def modules() -> list[str]:
    """Return the modules of the core that have anything to change."""
    files = sorted(CORE.rglob("*.py"))
    return [_module(file) for file in files if file.name != "__init__.py"]


def running() -> AbstractContextManager[None]:
    """Return what holds whatever the tests need: nothing."""
    return nullcontext()


def settle(place: int) -> None:
    """Take one of the places for a child: they need none."""


def may_stay(module: str) -> bool:
    """Return whether a process that imported the module can change it: by a new book, that is.

    The book finds a rule by its name; but a test may keep a book of its own.
    """
    return ".rules." in module and not any(
        KEEPS_A_BOOK.search(_text(file)) for file in _own(module) if file.name not in OF_BOOKS
    )


def import_all() -> None:
    """Import the core and its tests, so that a child has only the one module to run anew."""
    code = pytest.main([*PLAIN, "--collect-only", "-qq", *map(str, _tests())])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"The tests cannot be collected: pytest says {code}.")


def forget(module: ModuleType, before: dict[str, Any]) -> None:
    """Let the next book be made of what the modules hold by then, and tests call the new rule."""
    import compliance.books  # noqa: PLC0415 - what is imported early cannot be changed

    hand_over(module, before)
    compliance.books.book.cache_clear()


def proof(modules: list[str]) -> tuple[list[str], ...]:
    """Return the tests that have to pass with the true code, or the run is broken: all of them.

    One that fails anyway would kill every mutant that the tests of its own module leave alive.
    """
    beside_rules = [module for module in modules if ".rules." not in module]
    return rounds((beside_rules or modules)[0])


def rounds(module: str) -> tuple[list[str], ...]:
    """Return pytest's arguments for the tests that speak of the module, and for all others."""
    files = _tests()
    own = _own(module)
    own += [file for file in files if file.name in OF_ALL and file not in own]
    others = [file for file in files if file not in own]
    if ".rules." in module:  # how a book is put together says nothing of what a rule answers
        own, others = ([f for f in part if f.name not in OF_BOOKS] for part in (own, others))
    return tuple([*PLAIN, *map(str, part)] for part in (own, others) if part)


def _own(module: str) -> list[Path]:
    words = (f"{module} import", *_rule_ids(module))
    return [file for file in _tests() if any(word in _text(file) for word in words)]


def _tests() -> list[Path]:
    files = sorted(TESTS.glob("test_*.py"))
    return [file for file in files if not any(word in _text(file) for word in NOT_PURE)]


def _rule_ids(module: str) -> Iterator[str]:
    family = module.rpartition(".")[2]
    for file in CORE.glob("packs/*/*.toml"):
        for rule_id, row in tomllib.loads(_text(file)).get("rules", {}).items():
            if row["check"].partition(".")[0] == family:
                yield f'"{rule_id}"'


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
