"""One to one: as many as can be, nobody twice, and never another number or another time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.reconcile.matching import Pairs, Seen, by_time, matched

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
TOLERANCE = timedelta(seconds=5)


def seen(
    seconds: float, callee: str = "+8613800138000", call_id: str = "", *, disguised: bool = False
) -> Seen:
    return Seen(
        at=NOON + timedelta(seconds=seconds),
        callee=callee,
        caller="9512301",
        call_id=call_id,
        disguised=disguised,
    )


def most(ours: list[Seen], theirs: list[Seen]) -> int:
    """Return how many can be matched at all, by trying every way."""
    if not ours:
        return 0
    first, rest = ours[0], ours[1:]
    best = most(rest, theirs)
    for place, one in enumerate(theirs):
        if fits(first, one):
            best = max(best, 1 + most(rest, theirs[:place] + theirs[place + 1 :]))
    return best


def fits(one: Seen, other: Seen) -> bool:
    return one.numbers == other.numbers is not None and abs(one.at - other.at) <= TOLERANCE


def check(ours: list[Seen], theirs: list[Seen], pairs: Pairs) -> None:
    assert len(set(pairs.values())) == len(pairs)
    assert all(ours[i].numbers == theirs[j].numbers is not None for i, j in pairs.items())


calls = st.builds(
    seen,
    st.integers(0, 24).map(lambda n: n * 1.25),
    st.sampled_from(["+8613800138000", "+8613800138000", "+8613800138001", ""]),
    disguised=st.sampled_from([False, False, False, True]),
)
named = st.builds(
    seen,
    st.integers(0, 24),
    st.sampled_from(["+8613800138000", "+8613800138001"]),
    st.sampled_from(["", "a", "b", "c"]),
)


class TestByTime:
    @given(st.lists(calls, max_size=6), st.lists(calls, max_size=6))
    def test_matches_as_many_as_any_way_could(self, ours: list[Seen], theirs: list[Seen]) -> None:
        pairs = by_time(ours, theirs, range(len(ours)), range(len(theirs)), tolerance=TOLERANCE)

        check(ours, theirs, pairs)
        assert all(fits(ours[i], theirs[j]) for i, j in pairs.items())
        assert len(pairs) == most(ours, theirs)

    @pytest.mark.parametrize(("apart", "count"), [(5, 1), (-5, 1), (5.000001, 0), (-5.000001, 0)])
    def test_bears_the_tolerance_and_no_more(self, apart: float, count: int) -> None:
        assert len(matched([seen(60)], [seen(60 + apart)], tolerance=TOLERANCE)) == count


class TestMatched:
    @given(st.lists(named, max_size=6), st.lists(named, max_size=6))
    def test_uses_nobody_twice_and_keeps_two_call_ids_apart(
        self, ours: list[Seen], theirs: list[Seen]
    ) -> None:
        pairs = matched(ours, theirs, tolerance=TOLERANCE)

        check(ours, theirs, pairs)
        ids = [(ours[i].call_id, theirs[j].call_id) for i, j in pairs.items()]
        if any(one == other != "" for one, other in ids):
            assert all(one == other or not (one and other) for one, other in ids)

    def test_goes_by_the_call_id_whatever_the_clocks_show(self) -> None:
        ours, theirs = [seen(0, call_id="a"), seen(1, call_id="b")], [seen(900, call_id="b")]

        assert matched(ours, theirs, tolerance=TOLERANCE) == {1: 0}

    def test_lets_no_call_id_go_to_another_number(self) -> None:
        ours, theirs = [seen(0, call_id="a")], [seen(0, "+8613800138001", "a")]

        assert matched(ours, theirs, tolerance=TOLERANCE) == {}

    def test_knows_carriers_with_call_ids_of_their_own(self) -> None:
        ours, theirs = [seen(0, call_id="a")], [seen(1, call_id="elsewhere")]

        assert matched(ours, theirs, tolerance=TOLERANCE) == {0: 0}
