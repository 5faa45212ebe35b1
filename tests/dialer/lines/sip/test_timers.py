"""What is due is done in its turn, never early; what was cancelled wakes nobody."""

import math
import time

from dialer.lines.sip.timers import BUNDLES_A_SECOND, Timer, Timers

BUNDLE_SECONDS = 1 / BUNDLES_A_SECOND


def fire(timers: Timers, now: float) -> None:
    for timer in timers.due(now):
        timer.fire()


class TestTimers:
    def test_are_bundled_within_ten_milliseconds_and_never_early(self) -> None:
        timers, done = Timers(), list[str]()
        before = time.monotonic()
        timers.after(1.0, lambda: done.append("bundled"))
        after = time.monotonic()

        fire(timers, before + 1.0)
        assert done == []
        fire(timers, after + 1.0 + BUNDLE_SECONDS)
        assert done == ["bundled"]

    def test_of_audio_are_due_to_the_instant(self) -> None:
        timers, done = Timers(), list[str]()
        timers.at(7.003, lambda: done.append("exact"))

        fire(timers, 7.0029)
        assert done == []
        assert timers.next_at(bundles=True) == 7.003
        fire(timers, 7.003)
        assert done == ["exact"]

    def test_that_are_due_long_since_are_all_done_in_the_order_of_their_time(self) -> None:
        timers, done = Timers(), list[float]()
        for seconds in (3.0, 0.5, 8.0, 0.1):
            timers.after(seconds, lambda seconds=seconds: done.append(seconds))  # type: ignore[misc]

        fire(timers, time.monotonic() + 60)

        assert done == [0.1, 0.5, 3.0, 8.0]

    def test_that_are_set_meanwhile_wait_for_their_own_time(self) -> None:
        timers, done = Timers(), list[str]()

        def first() -> None:
            done.append("first")
            timers.after(0.0, lambda: done.append("second"))

        timers.after(0.0, first)
        while time.monotonic() < timers.next_at(bundles=True):
            pass
        fire(timers, time.monotonic())
        assert done == ["first"]

        fire(timers, time.monotonic() + BUNDLE_SECONDS)
        assert done == ["first", "second"]

    def test_that_were_cancelled_are_not_done(self) -> None:
        timers, done = Timers(), list[str]()
        exact = timers.at(5.0, lambda: done.append("exact"))
        bundled = timers.after(1.0, lambda: done.append("bundled"))
        exact.cancel()
        bundled.cancel()

        fire(timers, time.monotonic() + 10)

        assert done == []

    def test_that_were_cancelled_to_the_instant_are_not_waited_for(self) -> None:
        timers = Timers()
        timers.at(5.0, str).cancel()

        assert timers.next_at(bundles=True) == math.inf

    def test_in_bundles_wait_for_a_loop_that_comes_round(self) -> None:
        timers = Timers()
        timers.after(0.0, str)

        assert timers.next_at(bundles=False) == math.inf
        assert timers.next_at(bundles=True) <= time.monotonic() + BUNDLE_SECONDS


class TestTimer:
    def test_is_done_once(self) -> None:
        done: list[int] = []
        timer = Timer(lambda: done.append(1))

        timer.fire()
        timer.fire()

        assert done == [1]
        assert not timer.waits
