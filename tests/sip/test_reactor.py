"""The loop does what any thread asks of it at once, and is woken only where it sleeps."""

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from dialer.lines.sip import reactor as module
from dialer.lines.sip.reactor import Reactor
from tests.sip.peers import until

THREADS, ASKED = 4, 500


@pytest.fixture
def reactor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reactor]:
    for pause in ("IDLE_SECONDS", "LOOK_SECONDS"):  # nothing but a wake-up wakes it
        monkeypatch.setattr(module, pause, 60.0)
    reactor = Reactor()
    reactor.start()
    yield reactor
    reactor.stop()


class TestReactor:
    def test_is_woken_by_whoever_asks(self, reactor: Reactor) -> None:
        done: list[int] = []
        for number in range(20):
            reactor.call_soon(partial(done.append, number))
            until(lambda number=number: len(done) == number + 1)  # type: ignore[misc]
            time.sleep(0.002)  # it is asleep again, or just about to be

        assert done == list(range(20))

    def test_does_what_many_threads_ask_for_each_in_its_order(self, reactor: Reactor) -> None:
        done: dict[int, list[int]] = {thread: [] for thread in range(THREADS)}

        def ask(thread: int) -> None:
            for number in range(ASKED):
                reactor.call_soon(partial(done[thread].append, number))
                if number % 50 == 0:
                    time.sleep(0.001)

        threads = [threading.Thread(target=ask, args=(one,)) for one in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        until(lambda: all(len(one) == ASKED for one in done.values()))
        assert all(one == list(range(ASKED)) for one in done.values())

    def test_goes_on_with_what_its_own_actions_ask_for_without_being_woken(
        self, reactor: Reactor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        woken: list[int] = []
        done, wake = threading.Event(), reactor._wake

        def counted() -> None:
            woken.append(1)
            wake()

        monkeypatch.setattr(reactor, "_wake", counted)

        reactor.call_soon(lambda: reactor.call_soon(lambda: reactor.call_soon(done.set)))

        assert done.wait(5)
        assert woken == [1]
