"""CN13-REF-05: who writes down far fewer refusals than peers is checked; nobody is ranked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rulebook.low_refusals import AgainstPeers, SeatCalls
from compliance.rulebook.low_refusals import against_peers as compare


def calls(seat: int, *, answered: int, refused: int, campaign: int = 1) -> SeatCalls:
    return SeatCalls(seat=seat, campaign=campaign, answered=answered, refused=refused)


def against_peers(rows: Iterable[SeatCalls]) -> Mapping[int, AgainstPeers]:
    return compare(rows, deviations=2)


PEERS = calls(2, answered=400, refused=80)  # one call in five


def rows() -> st.SearchStrategy[list[SeatCalls]]:
    row = st.builds(
        lambda seat, campaign, answered, share: calls(
            seat, answered=answered, refused=answered * share // 100, campaign=campaign
        ),
        seat=st.integers(1, 4),
        campaign=st.integers(1, 3),
        answered=st.integers(1, 300),
        share=st.integers(0, 100),
    )
    return st.lists(row, max_size=8, unique_by=lambda one: (one.seat, one.campaign))


class TestSeat:
    @pytest.mark.parametrize(
        ("refused", "far_below"),
        [(0, True), (11, True), (12, False), (13, False), (20, False), (100, False)],
    )
    def test_is_far_below_its_peers_under_two_deviations(
        self, refused: int, *, far_below: bool
    ) -> None:
        """A hundred calls at one in five: 20 expected, deviation 4; 12 is at the limit."""
        seat = against_peers([calls(1, answered=100, refused=refused), PEERS])[1]

        assert seat.expected == 20
        assert seat.far_below is far_below

    def test_is_told_from_one_that_had_few_calls(self) -> None:
        assert not against_peers([calls(1, answered=10, refused=0), PEERS])[1].far_below

    def test_is_not_far_below_with_more_than_the_peers_write_down(self) -> None:
        """One call, one refusal, where the peers take down one in ten: 0.9 above, not below."""
        seldom = calls(2, answered=10, refused=1)

        assert not against_peers([calls(1, answered=1, refused=1), seldom])[1].far_below

    def test_is_compared_within_each_campaign(self) -> None:
        often = [calls(2, answered=400, refused=200, campaign=1)]
        seldom = [calls(3, answered=400, refused=4, campaign=2)]
        own = calls(1, answered=100, refused=1, campaign=2)

        assert not against_peers([own, *often, *seldom])[1].far_below

    def test_is_not_judged_by_a_campaign_of_its_own(self) -> None:
        alone = against_peers([calls(1, answered=500, refused=0)])[1]

        assert (alone.expected, alone.far_below) == (Fraction(0), False)

    def test_is_far_below_peers_whom_everybody_refuses(self) -> None:
        everybody = calls(2, answered=10, refused=10)

        assert against_peers([calls(1, answered=3, refused=2), everybody])[1].far_below

    @given(found=rows())
    def test_never_stands_out_for_many_refusals(self, found: list[SeatCalls]) -> None:
        for seat, told in against_peers(found).items():
            own = [row for row in found if row.seat == seat]
            fuller = [
                replace(row, refused=row.answered) if row.seat == seat else row for row in found
            ]

            assert told.answered == sum(row.answered for row in own)
            assert not against_peers(fuller)[seat].far_below

    @given(found=rows(), more=st.integers(1, 50))
    def test_is_not_worse_off_for_writing_one_down(
        self, found: list[SeatCalls], more: int
    ) -> None:
        before = against_peers(found)
        for row in found:
            honest = replace(row, refused=min(row.answered, row.refused + more))
            after = against_peers([honest if one is row else one for one in found])

            assert before[row.seat].far_below or not after[row.seat].far_below

    @given(found=rows())
    def test_is_judged_alike_in_whatever_order_the_calls_come(
        self, found: list[SeatCalls]
    ) -> None:
        assert against_peers(found) == against_peers(list(reversed(found)))
