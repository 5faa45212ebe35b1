"""In which order the hosts of a service are tried (RFC 2782)."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.dns import Service, in_order, literal


def service(target: str, priority: int = 10, weight: int = 0) -> Service:
    return Service(priority=priority, weight=weight, port=5060, target=target)


services = st.builds(
    service, st.text("abc", min_size=1), st.integers(0, 3), st.integers(0, 65_535)
)


class TestOrder:
    def test_is_by_priority_first(self) -> None:
        found = in_order([service("b", 20, 9), service("c", 30, 9), service("a", 10)], draw=max_of)

        assert [each.target for each in found] == ["a", "b", "c"]

    @pytest.mark.parametrize(("lot", "first"), [(0, "none"), (1, "light"), (4, "heavy")])
    def test_is_by_lot_within_a_priority_as_weights_say(self, lot: int, first: str) -> None:
        offered = [service("heavy", weight=3), service("light", weight=1), service("none")]

        found = in_order(offered, draw=lambda below: min(lot, below - 1))

        assert found[0].target == first

    def test_gives_three_quarters_to_three_times_the_weight(self) -> None:
        offered = [service("heavy", weight=3), service("light", weight=1)]
        lots = [1, 2, 3, 4]  # each as likely; the last of two needs none

        first = Counter(in_order(offered, draw=Lots(lot))[0].target for lot in lots)

        assert first == {"heavy": 3, "light": 1}

    @given(st.lists(services, max_size=6), st.randoms())
    def test_loses_none_and_never_puts_a_later_priority_first(
        self, offered: list[Service], dice: Random
    ) -> None:
        found = in_order(offered, draw=dice.randrange)

        assert Counter(found) == Counter(offered)
        assert [each.priority for each in found] == sorted(each.priority for each in offered)


class TestLiteral:
    @pytest.mark.parametrize(
        ("host", "address"),
        [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("0:0::1", "::1"), ("a.test", None)],
    )
    def test_is_an_address_in_the_way_sockets_write_it(
        self, host: str, address: str | None
    ) -> None:
        assert literal(host) == address


class Lots:
    """Draws what it was given, then nothing."""

    def __init__(self, first: int) -> None:
        self._next = first

    def __call__(self, below: int) -> int:
        drawn, self._next = self._next, 0
        assert drawn < below
        return drawn


def max_of(below: int) -> int:
    return below - 1
