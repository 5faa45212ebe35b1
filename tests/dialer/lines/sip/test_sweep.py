"""Garbage is looked for when the line says so, and what it was started with is left alone."""

import gc
import time
from collections.abc import Iterator

import pytest

from dialer.lines.sip import sweep
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sweep import Sweep


@pytest.fixture
def collected() -> list[float]:
    return []


@pytest.fixture
def swept(collected: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweep]:
    monkeypatch.setattr(sweep, "LOOK_SECONDS", 0.001)
    reactor = Reactor()
    swept = Sweep(reactor=reactor, collect=lambda: collected.append(time.monotonic()))
    swept.start()
    reactor.start()
    yield swept
    reactor.stop()
    swept.stop()


def until(condition: object) -> None:
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.001)


@pytest.mark.usefixtures("swept")
class TestSweep:
    def test_is_no_longer_the_interpreters(self) -> None:
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0

    def test_comes_once_in_a_while(
        self, collected: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep, "EVERY_LOOKS", 3)

        until(lambda: len(collected) >= 3)

        assert collected[2] - collected[1] >= 0.003

    def test_does_not_wait_where_much_was_made(
        self, collected: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep, "MANY", gc.get_count()[0] + 1000)
        assert collected == []

        made: list[list[int]] = [[] for _ in range(2000)]

        until(lambda: collected)
        assert collected
        assert made

    def test_is_the_interpreters_again_afterwards(self, swept: Sweep) -> None:
        swept.stop()

        assert gc.isenabled()
        assert gc.get_freeze_count() == 0
