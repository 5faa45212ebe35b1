"""Many calls at once over a network that loses packets, counted at the carrier."""

from collections import Counter
from pathlib import Path

import pytest

from dialer.lines.base import Outcome
from tests.sip.peers import CarrierProcess, Ear, OpenLine, request, until

CALLS = 100
EXPECTED = {
    "answer": Outcome.ANSWERED,
    "busy": Outcome.BUSY,
    "not_found": Outcome.INVALID_NUMBER,
    "key9": Outcome.ANSWERED,
    "auth_407": Outcome.ANSWERED,
    "no_answer": Outcome.NO_ANSWER,
    "congestion": Outcome.CONGESTION,
    "early_hangup": Outcome.ANSWERED,
    "lost_first_invite": Outcome.ANSWERED,
    "declined": Outcome.DECLINED,
}
MOST_UNHEARD = 4  # calls of which 10 % loss may swallow all that matters


@pytest.mark.usefixtures("short_rings")
class TestHundredCalls:
    def test_each_end_once_and_are_the_carriers_calls(
        self, tmp_path: Path, open_line: OpenLine
    ) -> None:
        names = list(EXPECTED)
        behaviours = {f"+861380000{i:04d}": names[i % len(names)] for i in range(CALLS)}
        script = {
            "numbers": {
                number: {"behaviour": name, "ring_seconds": 0.1, "talk_seconds": 0.5}
                for number, name in behaviours.items()
            }
        }
        carrier = CarrierProcess(tmp_path, script, loss=10)
        line = open_line(carrier.port)
        ears = {}
        for number in behaviours:
            ears[number] = Ear()
            line.originate(request(number, ring_seconds=1), ears[number])
        until(lambda: all(ear.results for ear in ears.values()), seconds=30)
        capacity = line.capacity()
        line.stop()
        carrier.stop()

        wrong = Counter(
            ear.results[0].outcome
            for number, ear in ears.items()
            if ear.results[0].outcome is not EXPECTED[behaviours[number]]
        )
        rows = carrier.calls()
        assert all(len(ear.results) == 1 for ear in ears.values())
        assert wrong.total() <= MOST_UNHEARD, wrong
        assert (capacity.invites_sent, capacity.live) == (CALLS, 0)
        assert len({row.call_id for row in rows}) == len(rows)
        assert CALLS - wrong[Outcome.LINE_DOWN] <= len(rows) <= CALLS
        assert {row.call_id for row in rows} <= {e.results[0].call_id for e in ears.values()}
        assert not any("ack_wrong" in carrier.kinds(row.call_id) for row in rows)
