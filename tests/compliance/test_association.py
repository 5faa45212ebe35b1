"""Pearson's test, against published tables and against what it is for."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.association import association, tail

pairs = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=40)


class TestTail:
    @pytest.mark.parametrize(
        ("statistic", "freedom", "chance"),
        [  # Abramowitz and Stegun, table 26.8
            (3.841, 1, 0.05), (10.828, 1, 0.001), (5.991, 2, 0.05), (13.816, 2, 0.001),
            (16.266, 3, 0.001), (29.588, 10, 0.001), (31.264, 11, 0.001), (149.449, 100, 0.001),
        ],
    )  # fmt: skip
    def test_is_that_of_the_tables(self, statistic: float, freedom: int, chance: float) -> None:
        assert tail(statistic, freedom) == pytest.approx(chance, rel=2e-3)

    @pytest.mark.parametrize("freedom", [1, 2, 7, 2000])
    def test_is_certain_at_nothing_and_never_more(self, freedom: int) -> None:
        assert tail(0, freedom) == 1
        assert tail(1e-9, freedom) == pytest.approx(1, abs=1e-3)

    @given(
        statistic=st.floats(min_value=0, max_value=5000),
        more=st.floats(min_value=0, max_value=100),
        freedom=st.integers(min_value=1, max_value=900),
    )
    def test_falls(self, statistic: float, more: float, freedom: int) -> None:
        chance = tail(statistic, freedom)

        assert 0 <= tail(statistic + more, freedom) <= chance + 1e-9
        assert chance <= 1


class TestAssociation:
    def test_sees_a_number_for_each_city(self) -> None:
        found = association([("a", "x")] * 100 + [("b", "y")] * 100)

        assert found.statistic == pytest.approx(200)
        assert found.per_million == 1

    def test_sees_a_hundred_numbers_for_a_hundred_cities(self) -> None:
        followed = [(f"number {n}", f"city {n % 30}") for n in range(100) for _ in range(5)]

        assert association(followed).per_million < 1000

    def test_lets_chance_be(self) -> None:
        dice = random.Random(3)
        numbers, cities = ["a", "b"], [f"city {n}" for n in range(8)]
        mixed = [(dice.choice(numbers), dice.choice(cities)) for _ in range(500)]

        assert association(mixed).per_million > 1000

    def test_lets_one_odd_call_among_many_be(self) -> None:
        odd = [("a", "x")] * 499 + [("b", "y")]

        assert tail(500, 1) < 1e-9  # what the closed form would say of a cell so thin
        assert 1000 < association(odd).per_million < 10_000  # one in five hundred

    def test_lets_many_numbers_with_few_calls_be(self) -> None:
        dice = random.Random(4)
        mixed = [(f"number {n % 100}", f"city {dice.randrange(30)}") for n in range(500)]

        assert association(mixed).per_million > 1000

    @pytest.mark.parametrize("calls", [[], [("a", "x")], [("a", "x"), ("a", "y")] * 9])
    def test_says_nothing_where_there_was_nothing_to_choose(
        self, calls: list[tuple[str, str]]
    ) -> None:
        assert association(calls).chance == 1

    @given(calls=pairs)
    def test_gives_a_chance_and_always_the_same(self, calls: list[tuple[str, str]]) -> None:
        found = association(calls)

        assert 0 < found.chance <= 1
        assert found.statistic >= -1e-9
        assert math.isclose(association(list(reversed(calls))).chance, found.chance)
