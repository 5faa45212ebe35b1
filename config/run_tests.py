"""`manage.py test`: pytest on the embedded servers, its exit code passed on."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.child import die_with_parent
from config.services import Servers, embedded_servers
from config.services.home import HomeTakenError
from config.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
RUNS_AT_ONCE = 8  # of the tests of one checkout, each on servers of its own
INTERRUPTED = 130
# A file at a time to each of three processes, in the order of collection: for two cores, as a good
# part of a test of calls is waiting.
SPREAD = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
# What each of those three would do by itself, or wait for, in the first run of a checkout: compile
# every test, and make the database that theirs are copies of.
PREPARE = (["-m", "pytest", "--collect-only", "-qq", "-n", "0"], ["-m", "tests.template"])


def main(arguments: Sequence[str], *, var: Path = ROOT / "var") -> int:
    """Run the tests; whatever `--long` is not goes to pytest."""
    parser = argparse.ArgumentParser(
        prog="manage.py test", epilog="Everything else is given to pytest.", allow_abbrev=False
    )
    parser.add_argument("--long", action="store_true", help="add the tests that take minutes")
    options, rest = parser.parse_known_args(arguments)
    marks = "not apt" if options.long else "not long and not apt"
    # Long runs measure races and kills, so they have the machine to themselves.
    spread = [] if options.long else SPREAD
    argv = [sys.executable, "-m", "pytest", "-m", marks, *spread, *rest]
    with contextlib.ExitStack() as stack:
        servers, instance = _claim(stack, var=var)
        supervisor = stack.enter_context(
            Supervisor(processes=servers.processes, say=say, log_dir=var / "log" / instance)
        )
        if not supervisor.start():
            return INTERRUPTED
        every_test = spread and not any((ROOT / word.partition("::")[0]).exists() for word in rest)
        if every_test and not _prepare(supervisor, servers, done=var / "tests-prepared"):
            return INTERRUPTED
        return _run_beside(supervisor, argv, servers=servers)


def _prepare(supervisor: Supervisor, servers: Servers, *, done: Path) -> bool:
    """Do at once, on both cores, what the tests would begin with; what fails, they tell.

    Return whether nobody interrupted it.
    """
    if done.exists():
        return True
    say("正在准备测试（仅首次）…… · Preparing the tests (the first time only)")
    with contextlib.ExitStack() as stack:
        children = [
            stack.enter_context(_child([sys.executable, *words], servers=servers, quiet=True))
            for words in PREPARE
        ]
        if not supervisor.run_until(lambda: all(child.poll() is not None for child in children)):
            return False
    done.touch()
    return True


def _run_beside(supervisor: Supervisor, argv: list[str], *, servers: Servers) -> int:
    with _child(argv, servers=servers) as tests:
        if not supervisor.run_until(lambda: tests.poll() is not None):
            _interrupt(tests)
    return tests.returncode


@contextlib.contextmanager
def _child(
    argv: list[str], *, servers: Servers, quiet: bool = False
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process beside the servers; it has ended when the block has."""
    child = subprocess.Popen(
        argv,
        cwd=ROOT,
        env={**os.environ, **servers.environ()},
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def _interrupt(tests: "subprocess.Popen[bytes]") -> None:
    """Let pytest end with its report; Ctrl-C at a terminal has reached it already."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        tests.wait(timeout=2)
        return
    tests.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        tests.wait(timeout=30)


def _claim(stack: contextlib.ExitStack, *, var: Path) -> tuple[Servers, str]:
    """Hold the first set of test servers that no other run holds."""
    for number in range(1, RUNS_AT_ONCE):
        with contextlib.suppress(HomeTakenError):
            return _hold(stack, var=var, instance=f"test-{number}")
    return _hold(stack, var=var, instance=f"test-{RUNS_AT_ONCE}")


def _hold(stack: contextlib.ExitStack, *, var: Path, instance: str) -> tuple[Servers, str]:
    servers = embedded_servers(var=var, instance=instance, environ=os.environ)
    return stack.enter_context(servers), instance


def say(line: str) -> None:
    """Tell a person, beside pytest's own output."""
    sys.stderr.write(f"{line}\n")
