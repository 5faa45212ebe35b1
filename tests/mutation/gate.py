"""The gate: what a permit stands on, SQL and all, and the tests that are to kill its mutants.

They need a database. Each child makes one of its own from the template of the test runs.
"""

import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.env import NO_REDIS
from config.services import embedded_servers
from config.supervisor import Supervisor
from tests.mutation.handover import hand_over
from tests.mutation.mutants import ROOT

# What decides, spends, voids and closes; what it reads; what it is held by.
MODULES = (
    "compliance.redemption",
    "compliance.selectors.call_sql",
    "compliance.gate",
    "compliance.locks",
    "compliance.permit_seal",
    "compliance.services.permits_void",
    "compliance.services.permits_expire",
    "compliance.services.permit_close",
    "compliance.services.refusal_record",
    "compliance.services.consent_withdraw",
    "compliance.services.kill_switch",
    "compliance.selectors.call_facts",
    "compliance.selectors.standing_facts",
    "compliance.ledger_time",
    "compliance.decision_record",
)
WITHOUT = ("DropObjection",)  # no rule stands here

GATE = ROOT / "tests" / "compliance" / "gate"
FIRST = {  # the tests that are likeliest to notice; all others are asked after them
    "redemption": ("redemption_conditions", "redemption", "redemption_attacks"),
    "locks": ("locks",),
    "gate": ("permit_request", "locks", "decision_record"),
    "call_sql": ("call_facts", "refusal_facts"),
    "call_facts": ("call_facts", "refusal_facts"),
    "permit_seal": ("redemption_attacks",),
    "kill_switch": ("kill_switch",),
    "standing_facts": ("kill_switch", "call_facts"),
    "permits_void": ("refusal_record",),
    "permits_expire": ("permit_ends",),
    "permit_close": ("permit_ends",),
    "refusal_record": ("refusal_record",),
    "consent_withdraw": ("refusal_record",),
    "decision_record": ("decision_record",),
    "ledger_time": ("refusal_record",),
}
ELSEWHERE = (
    "tests/compliance/test_preflight.py",
    "tests/compliance/services/test_abandonment_measure.py",
    "tests/races/test_number_held.py",
)
# What only a walk of chance notices counts as alive; and it takes seconds.
LEFT_OUT = "test_machine.py"
PLAIN = (
    f"--config-file={ROOT / 'tests' / 'mutation' / 'gate.ini'}",
    *(f"--rootdir={ROOT}", f"--confcutdir={ROOT}"),
)
forget = hand_over


def modules() -> list[str]:
    """Return the modules that a permit stands on."""
    return list(MODULES)


@contextmanager
def running() -> Iterator[None]:
    """Run a database server for the block, or use the one of DATABASE_URL; no broker is needed."""
    named = {"DATABASE_URL": os.environ.get("DATABASE_URL", ""), "REDIS_URL": NO_REDIS}
    var = ROOT / "var"
    with (
        embedded_servers(var=var, instance="mutation", environ=named) as servers,
        Supervisor(processes=servers.processes, say=_say, log_dir=var / "log") as supervisor,
    ):
        if not supervisor.start():
            raise KeyboardInterrupt
        signal.signal(signal.SIGINT, signal.default_int_handler)  # nobody asks the supervisor now
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ.update(servers.environ(), HYPOTHESIS_PROFILE="mutation")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        yield


def settle(place: int) -> None:
    """Let the tests of this child have the database of one place; nobody is connected yet."""
    from django.db import connection  # noqa: PLC0415 - the settings read where the server is

    connection.settings_dict["NAME"] = f"mutant_{place}"


def may_stay(module: str) -> bool:
    """Return whether a process that imported the module can change it: see `hand_over`."""
    return True


def import_all() -> None:
    """Import the code and its tests, so that a child has only the one module to run anew."""
    code = pytest.main([*PLAIN, "--collect-only", "-qq", *_tests()])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"The tests cannot be collected: pytest says {code}.")
    for module in MODULES:
        importlib.import_module(module)


def proof(modules: list[str]) -> tuple[list[str], ...]:
    """Return the tests that have to pass with the true code, or the run is broken."""
    return ([*PLAIN, *dict.fromkeys(file for name in modules for file in _first(name))],)


def rounds(module: str) -> tuple[list[str], ...]:
    """Return pytest's arguments: for the tests that are likeliest to notice, and all others."""
    first = _first(module)
    others = [file for file in _tests() if file not in first]
    return tuple([*PLAIN, *files] for files in (first, others))


def _first(module: str) -> list[str]:
    return [str(GATE / f"test_{name}.py") for name in FIRST[module.rpartition(".")[2]]]


def _tests() -> list[str]:
    files = [*sorted(GATE.glob("test_*.py")), *(ROOT / name for name in ELSEWHERE)]
    return [str(file) for file in files if file.name != LEFT_OUT]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
