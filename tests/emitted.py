"""Which actions of the trail a whole run of the tests emitted; one that none did fails the run.

The processes that share a run tell the first one what they saw. A run of some of the tests says
nothing about the others, so it is not judged.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from audit.actions import BY_NAME
from audit.body import body

FAST = "not long and not apt"  # what `manage.py test` runs
# Only processes of their own write these, in the runs that take minutes; and which they are.
ELSEWHERE: dict[str, str] = {}
seen: set[str] = set()


@pytest.fixture(scope="session", autouse=True)
def emitted_actions() -> Iterator[None]:
    """Note the action of every entry that this process writes."""

    def noting(entry: Any, **rest: Any) -> bytes:
        seen.add(entry.action)
        return body(entry, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("audit.insert.body", noting)
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a process of this run saw."""
    del error
    seen.update(getattr(node, "workeroutput", {}).get("actions", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was seen, or judge it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["actions"] = sorted(seen)
    elif is_whole(session.config) and session.exitstatus == pytest.ExitCode.OK and missing():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name the actions that no test emitted."""
    if is_whole(config) and missing():
        terminalreporter.section("actions of audit/actions.py that no test emitted", red=True)
        terminalreporter.line(" ".join(missing()))


def is_whole(config: pytest.Config) -> bool:
    """Return whether this is a run of every fast test."""
    option = config.option
    narrowed = option.keyword or option.deselect or option.ignore or option.ignore_glob
    return bool(
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and option.markexpr == FAST
        and not narrowed
        and not option.collectonly
    )


def missing() -> list[str]:
    """Return the actions that nobody has seen."""
    return sorted(BY_NAME.keys() - seen - ELSEWHERE.keys())
