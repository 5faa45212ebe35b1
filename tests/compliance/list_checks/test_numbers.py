"""Numbers that were collected from people, and numbers that were counted off."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.list_checks.numbers import number_pattern, refuse_generated
from compliance.list_checks.stopped import ListStoppedError

START = 8613800000000


def spread(count: int, *, seed: int = 7) -> list[int]:
    """Return numbers as customers have them: from many blocks, in no pattern."""
    return random.Random(seed).sample(range(START, START + 500_000_000), count)


class TestPattern:
    def test_counts_runs_and_followers(self) -> None:
        pattern = number_pattern([0, 0, START, START + 1, START + 2, START + 9, START + 9])

        assert (pattern.count, pattern.longest_run, pattern.following) == (4, 3, 2)
        assert pattern.per_mille == 500

    def test_of_nothing_is_nothing(self) -> None:
        for numbers in ([], [0], [0, 0]):
            assert number_pattern(numbers).count == 0

    def test_of_one_number_is_one(self) -> None:
        assert number_pattern([0, START]).count == number_pattern([START]).count == 1

    @given(numbers=st.lists(st.integers(START, START + 400)), seed=st.integers(0, 9))
    def test_does_not_depend_on_the_order(self, numbers: list[int], seed: int) -> None:
        shuffled = list(numbers)
        random.Random(seed).shuffle(shuffled)

        assert number_pattern(shuffled) == number_pattern(numbers)


class TestGenerated:
    def test_leaves_customers_alone(self) -> None:
        assert refuse_generated(spread(20_000)).longest_run <= 2

    @pytest.mark.parametrize("step", [1, 2, 3, 7, 10, 100, 10_000])
    def test_refuses_numbers_that_were_counted_off(self, step: int) -> None:
        with pytest.raises(ListStoppedError) as refused:
            refuse_generated(range(START, START + 100 * step, step))

        assert refused.value.cause == "LST-04"

    @pytest.mark.parametrize(("pairs", "taken"), [(9, True), (10, True), (11, False)])
    def test_takes_at_most_one_follower_in_a_hundred(self, pairs: int, taken: bool) -> None:  # noqa: FBT001
        alone = [START + n * 20_011 for n in range(1000 - pairs)]
        numbers = alone + [one + 1 for one in alone[:pairs]]
        numbers = [one + (place * 37) % 9_000 * 10 for place, one in enumerate(numbers)]
        numbers = _with_followers(pairs)

        if taken:
            refuse_generated(numbers)
        else:
            with pytest.raises(ListStoppedError):
                refuse_generated(numbers)

    @pytest.mark.parametrize(("count", "taken"), [(99, True), (100, False)])
    def test_judges_from_a_hundred_numbers_on(self, count: int, taken: bool) -> None:  # noqa: FBT001
        numbers = range(START, START + count)

        if taken:
            refuse_generated(numbers)
        else:
            with pytest.raises(ListStoppedError):
                refuse_generated(numbers)


def _with_followers(pairs: int) -> list[int]:
    """Return a thousand numbers of which `pairs` follow right upon another."""
    apart = sorted(spread(1000 - pairs))
    apart = [one + place * 2 for place, one in enumerate(apart)]  # none follows upon another
    return [*apart, *(one + 1 for one in apart[:pairs])]
