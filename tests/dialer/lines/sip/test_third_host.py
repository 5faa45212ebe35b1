"""Audio from a host that nobody has named: one, late, in order, and never over a named one."""

import struct

import pytest

from dialer.lines.sip.third_host import IN_A_ROW, ThirdHost, is_out_of_reach

MEDIA, THIEF = ("198.51.100.7", 4000), ("203.0.113.66", 4000)


class Port:
    """A call's port, and what comes to it every 20 ms."""

    def __init__(self) -> None:
        self.now = 100.0
        self.third = ThirdHost()
        self.third.expect(self.now)
        self._numbers: dict[object, int] = {}

    def wait(self, seconds: float) -> "Port":
        self.now += seconds
        return self

    def hears(
        self, source: tuple[str, int], count: int, *, step: int = 1, named: bool = False
    ) -> int:
        """Return how many of so many packets were admitted."""
        admitted = 0
        for _ in range(count):
            self.now += 0.02
            number = self._numbers[source] = self._numbers.get(source, 65_530) + step
            packet = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, 0, 7)
            admitted += self.third.admits(packet, source, self.now, named_is_heard=named)
        return admitted


class TestThirdHost:
    def test_is_heard_from_its_fifth_packet_on(self) -> None:
        assert Port().wait(1).hears(MEDIA, 20) == 20 - IN_A_ROW + 1

    def test_is_not_heard_while_those_who_are_named_may_still_begin(self) -> None:
        assert Port().hears(MEDIA, 49) == 0

    def test_is_not_heard_before_there_is_a_description(self) -> None:
        port = Port()
        port.third = ThirdHost()

        assert port.wait(10).hears(MEDIA, 20) == 0

    def test_is_not_heard_beside_somebody_who_is_named(self) -> None:
        assert Port().wait(1).hears(MEDIA, 50, named=True) == 0

    def test_ends_when_somebody_who_is_named_speaks(self) -> None:
        port = Port().wait(1)
        port.hears(MEDIA, 20)

        assert port.hears(MEDIA, 20, named=True) == 0

    def test_takes_the_floor_from_nobody(self) -> None:
        port = Port().wait(1)
        port.hears(MEDIA, 20)

        heard = [(port.hears(THIEF, 5), port.hears(MEDIA, 5)) for _ in range(50)]

        assert heard == [(0, 5)] * 50

    def test_cannot_be_talked_into_between_the_first_packets(self) -> None:
        port = Port().wait(1)

        heard = [(port.hears(MEDIA, 1), port.hears(THIEF, 1)) for _ in range(6)]

        assert heard == [(0, 0)] * 4 + [(1, 0)] * 2

    def test_that_guesses_numbers_is_not_heard(self) -> None:
        assert Port().wait(1).hears(THIEF, 100, step=7) == 0

    def test_may_be_followed_by_another_after_a_silence(self) -> None:
        port = Port().wait(1)
        port.hears(MEDIA, 20)

        assert port.wait(1.9).hears(THIEF, 4) == 0
        assert port.wait(2).hears(THIEF, 10) == 6

    def test_is_chosen_anew_with_another_description(self) -> None:
        port = Port().wait(1)
        port.hears(MEDIA, 20)

        port.third.expect(port.now)

        assert port.hears(MEDIA, 40) == 0
        assert port.wait(1).hears(THIEF, 10) == 6


@pytest.mark.parametrize(
    ("named", "heard", "answered"),
    [
        ("192.168.1.5", "8.8.8.8", True),  # behind a NAT: nothing else would get there
        ("8.8.4.4", "8.8.8.8", False),
        ("10.0.0.5", "10.0.0.6", False),
        ("8.8.4.4", "10.0.0.6", False),
    ],
)
def test_is_answered_only_where_the_named_address_cannot_be(
    named: str, heard: str, *, answered: bool
) -> None:
    assert is_out_of_reach(named, heard) is answered
