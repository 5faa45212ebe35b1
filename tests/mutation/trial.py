"""Try one mutant: a child process that meets the changed module where it imports the true one.

Nothing is written to the checkout, so a run that is killed leaves no mutant in the source.
"""

import contextlib
import importlib.abc
import importlib.machinery
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

from tests.mutation.mutants import Mutant, path_of

CPU_SECONDS = 120  # a mutant that loops for ever is dead
SECONDS = 600  # and so is one that waits for ever, such as for a lock
SURVIVED, KILLED, BROKEN = 0, 1, 2
PASSED, FAILED, INTERRUPTED, NO_TESTS = 0, 1, 2, 5  # of pytest
Forget = Callable[[ModuleType, dict[str, Any]], None]


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.mutant.spot.module:
            return None
        origin = str(path_of(fullname))
        return importlib.machinery.ModuleSpec(fullname, self, origin=origin)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(path_of(module.__name__))
        exec(compile(self.mutant.code, module.__file__, "exec"), module.__dict__)  # noqa: S102


class BrokenTrialError(Exception):
    """The tests could not be asked at all; that says nothing of the mutant."""


def begin(
    *mutants: Mutant,
    rounds: Sequence[Sequence[str]],
    forget: Forget,
    settle: Callable[[], None],
) -> int:
    """Return the id of a child that asks whether every round of tests passes with the mutant.

    :param rounds: arguments for pytest; the likeliest to fail first
    :param forget: given a module that was run anew in place and what it held before, makes
        everybody meet the new one
    :param settle: what the child does first, to have a place of its own
    """
    child = os.fork()
    if child == 0:
        with _last_resort():
            _limit()
            settle()
            os._exit(_try(mutants, rounds, forget))
    return child


def next_end() -> tuple[int, bool]:
    """Wait for any child: which it was, and whether its mutant survived.

    :raises BrokenTrialError: if it could not try the mutant
    """
    child, status = os.wait()
    code = os.waitstatus_to_exitcode(status)  # negative: a signal, such as the one of a limit
    if code > KILLED:
        raise BrokenTrialError(f"Process {child} ended with {code}; set SAY=1 to hear why.")
    return child, code == SURVIVED


@contextlib.contextmanager
def _last_resort() -> Iterator[None]:
    try:
        yield
    except BaseException:  # noqa: BLE001 - whatever it is, it must not go on as the parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(BROKEN)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    if not os.environ.get("SAY"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def _try(mutants: Sequence[Mutant], rounds: Sequence[Sequence[str]], forget: Forget) -> int:
    import pytest  # noqa: PLC0415 - the parent has imported it already

    if not all(_put_in(mutant, forget) for mutant in mutants):
        return KILLED
    for arguments in rounds:
        code = int(pytest.main([*arguments]))
        if code not in (PASSED, NO_TESTS):
            return KILLED if code in (FAILED, INTERRUPTED) else BROKEN
    return SURVIVED


def _put_in(mutant: Mutant, forget: Forget) -> bool:
    """Put the changed module in the true one's place; return whether it can be imported at all."""
    changed, module = _Changed(mutant), sys.modules.get(mutant.spot.module)
    if module is None:
        sys.meta_path.insert(0, changed)
        return True
    before = dict(module.__dict__)
    try:
        changed.exec_module(module)
    except Exception:  # noqa: BLE001 - whatever it raises, no test could have begun
        traceback.print_exc()
        return False
    forget(module, before)
    return True
