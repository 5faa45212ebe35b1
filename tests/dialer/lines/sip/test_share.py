"""How many calls may be offered while the media clock runs late."""

from itertools import repeat

import pytest

from dialer.lines.sip.share import LATE_SECONDS, LOOKS_A_TURN, Share

LATE, GOOD = LATE_SECONDS + 0.001, LATE_SECONDS


def looked(*seconds: float) -> Share:
    share = Share()
    for late in seconds:
        share.look(late_seconds=late)
    return share


class TestShare:
    @pytest.mark.parametrize(
        ("seconds", "calls"),
        [
            ([], 150),
            ([LATE] * (LOOKS_A_TURN - 1), 150),
            ([*[LATE] * (LOOKS_A_TURN - 1), GOOD, LATE], 150),  # not in a row
            ([LATE] * LOOKS_A_TURN, 75),
            ([LATE] * (2 * LOOKS_A_TURN - 1), 75),
            ([LATE] * (2 * LOOKS_A_TURN), 37),
            ([*[LATE] * LOOKS_A_TURN, *[GOOD] * (LOOKS_A_TURN - 1)], 75),
            ([*[LATE] * LOOKS_A_TURN, *[GOOD] * LOOKS_A_TURN], 90),
            ([*[LATE] * LOOKS_A_TURN, *[GOOD] * (5 * LOOKS_A_TURN)], 150),
        ],
    )
    def test_halves_after_ten_late_seconds_and_comes_back_by_tenths(
        self, seconds: list[float], calls: int
    ) -> None:
        assert looked(*seconds).of(150) == calls

    def test_offers_one_call_however_late_it_is(self) -> None:
        assert looked(*repeat(1.0, 1000)).of(150) >= 1

    def test_offers_none_of_none(self) -> None:
        assert Share().of(0) == 0
