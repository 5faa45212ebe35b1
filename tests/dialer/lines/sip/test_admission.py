"""The places and the pace of one trunk, whoever asks at the same moment."""

import threading

import pytest

from dialer.lines.base import LineFullError
from dialer.lines.sip import admission
from dialer.lines.sip.admission import Admission

THREADS, TRIES = 8, 200


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(admission, "time", clock)
    return clock


def entered_at_once(admission: Admission) -> int:
    """Have many threads ask as often as they can; return how many times one got in."""
    entered: list[int] = []
    begin = threading.Barrier(THREADS)

    def ask() -> None:
        begin.wait()
        for _ in range(TRIES):
            try:
                admission.enter()
            except LineFullError:
                continue
            entered.append(1)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(entered)


class TestPace:
    @pytest.mark.parametrize("rate", [1.0, 5.0, 50.0])
    def test_is_the_contracts_across_threads(self, clock: Clock, rate: float) -> None:
        admission = Admission(max_calls=10_000, calls_per_second=rate)

        counts = [entered_at_once(admission)]
        for _ in range(3):
            clock.now += 1.0
            counts.append(entered_at_once(admission))

        assert counts == [int(rate)] * 4

    def test_saves_nothing_up(self, clock: Clock) -> None:
        admission = Admission(max_calls=10_000, calls_per_second=5)
        entered_at_once(admission)

        clock.now += 60

        assert entered_at_once(admission) == 5

    def test_below_one_a_second_is_one_in_so_many(self, clock: Clock) -> None:
        admission = Admission(max_calls=10, calls_per_second=0.25)
        admission.enter()

        clock.now += 3.9
        with pytest.raises(LineFullError):
            admission.enter()
        clock.now += 0.2

        admission.enter()

    def test_counts_no_call_that_never_began(self, clock: Clock) -> None:
        admission = Admission(max_calls=10, calls_per_second=1)
        admission.enter()

        admission.give_back()

        assert admission.live == 0
        assert entered_at_once(admission) == 1

    def test_is_what_pacing_is_offered(self, clock: Clock) -> None:
        admission = Admission(max_calls=100, calls_per_second=5)
        assert admission.offered(most=100) == 5
        assert admission.offered(most=3) == 3

        assert entered_at_once(admission) == 5

        assert admission.offered(most=100) == 5 + 5  # those that are up, and the next second's

    def test_below_one_a_second_is_offered_when_its_turn_comes(self, clock: Clock) -> None:
        admission = Admission(max_calls=10, calls_per_second=0.25)
        admission.enter()

        offered = []
        for _ in range(4):
            offered.append(admission.offered(most=10))
            clock.now += 1

        assert offered == [1, 1, 1, 2]

    def test_without_a_contract_is_as_many_as_there_are_places(self) -> None:
        assert Admission(max_calls=9, calls_per_second=None).offered(most=9) == 9


class TestPlaces:
    def test_are_never_more_than_there_are(self, clock: Clock) -> None:
        admission = Admission(max_calls=7, calls_per_second=None)

        assert entered_at_once(admission) == 7
        admission.leave()
        assert entered_at_once(admission) == 1
        assert admission.live == 7
