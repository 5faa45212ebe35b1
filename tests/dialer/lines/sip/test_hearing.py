"""Which packets of a port are believed, and where in time each belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.hearing import Hearing

THERE, ELSEWHERE = ("127.0.0.2", 4000), ("127.0.0.2", 4002)
SSRC = 7


class Sender:
    """Sends a packet every 20 ms, with what a test wants wrong about it."""

    def __init__(self, *, sequence: int = 0, timestamp: int = 0) -> None:
        self.hearing = Hearing()
        self.hearing.expect(THERE)
        self.sequence, self.timestamp, self.now = sequence, timestamp, 100.0

    def send(
        self,
        *,
        number: int = 0,
        stamp: int = 0,
        ssrc: int = SSRC,
        source: tuple[str, int] = THERE,
    ) -> bool:
        """Send one packet and let 20 ms pass."""
        accepted = self.hearing.accept(
            (self.sequence + number) & 0xFFFF,
            (self.timestamp + stamp) & 0xFFFFFFFF,
            ssrc,
            source,
            self.now,
        )
        self.pass_time()
        return accepted

    def pass_time(self, *, frames: int = 1) -> None:
        """Let time and the stream go on."""
        self.sequence, self.timestamp = self.sequence + 1, self.timestamp + 160 * frames
        self.now += 0.02 * frames


class TestHearing:
    def test_places_packets_by_their_stamps_over_both_wraps(self) -> None:
        sender = Sender(sequence=65_500, timestamp=2**32 - 16_000)

        placed = []
        for _ in range(200):
            assert sender.send()
            placed.append(sender.hearing.position)

        assert placed == list(range(0, 200 * 160, 160))

    @pytest.mark.long
    def test_places_packets_to_the_sample_for_half_an_hour(self) -> None:
        sender = Sender(sequence=1)

        assert all(sender.send() for _ in range(90_000))
        assert sender.hearing.position == (90_000 - 1) * 160

    def test_keeps_its_place_when_the_other_side_says_nothing_for_a_while(self) -> None:
        sender = Sender()
        sender.send()

        sender.pass_time(frames=1000)

        assert sender.send()
        assert sender.hearing.position == 1001 * 160

    @pytest.mark.parametrize("stamp", [400_000_000, 4_000_000_000, -400_000_000, 8161])
    def test_is_not_moved_by_one_packet_with_a_wild_stamp(self, stamp: int) -> None:
        sender = Sender()
        sender.send()
        run = sender.hearing.run

        assert not sender.send(stamp=stamp)
        assert sender.send()
        assert (sender.hearing.run, sender.hearing.position) == (run, 320)

    def test_follows_a_stream_that_begins_anew_from_its_second_packet_on(self) -> None:
        sender = Sender()
        sender.send()
        run = sender.hearing.run

        heard = [sender.send(ssrc=9, stamp=1_000_000, number=500) for _ in range(3)]

        assert heard == [False, True, True]
        assert sender.hearing.run != run
        assert sender.hearing.position == 160

    def test_takes_a_packet_once_and_a_late_one_at_its_place(self) -> None:
        sender = Sender()
        sender.send()
        sender.pass_time()
        sender.send()

        assert sender.send(number=-2, stamp=-320)
        assert (sender.hearing.number, sender.hearing.position) == (1, 160)
        assert not sender.send(number=-3, stamp=-480)
        assert not sender.send(number=-2 - 2, stamp=-640)

    def test_does_not_believe_another_port_while_the_voice_is_there(self) -> None:
        sender = Sender()
        sender.send()

        heard = [sender.send(source=ELSEWHERE, ssrc=9) for _ in range(20)]

        assert not any(heard)
        assert sender.hearing.source == THERE

    def test_believes_another_port_when_the_voice_is_not_there(self) -> None:
        sender = Sender()

        assert [sender.send(source=ELSEWHERE) for _ in range(3)] == [False, True, True]
        assert sender.hearing.source == ELSEWHERE

    def test_goes_back_to_the_port_of_the_description(self) -> None:
        sender = Sender()
        for _ in range(3):
            sender.send(source=ELSEWHERE)

        assert [sender.send(ssrc=9) for _ in range(3)] == [False, True, True]
        assert sender.hearing.source == THERE

    def test_leaves_the_old_address_for_good_when_a_new_one_is_described(self) -> None:
        sender = Sender()
        sender.send()

        sender.hearing.expect(ELSEWHERE)
        sender.now += 60

        assert not any(sender.send() for _ in range(5))
        assert sender.send(source=ELSEWHERE)

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 65_535),
                st.integers(0, 2**32 - 1),
                st.integers(0, 2**32 - 1) | st.just(SSRC),
                st.sampled_from([THERE, ELSEWHERE]),
            ),
            max_size=60,
        )
    )
    def test_stays_within_a_second_of_the_time_whatever_comes(
        self, packets: list[tuple[int, int, int, tuple[str, int]]]
    ) -> None:
        sender = Sender()
        sender.send()
        for sequence, timestamp, ssrc, source in packets:
            hearing = sender.hearing
            if hearing.accept(sequence, timestamp, ssrc, source, sender.now):
                assert abs(hearing.position - (sender.now - hearing.began) * 8000) <= 8000
            sender.now += 0.001


class TestHearingKeys:
    def test_takes_a_key_of_the_stream_at_once(self) -> None:
        sender = Sender()
        sender.send()

        assert sender.hearing.accept_key(1, 160, SSRC, THERE, sender.now)
        assert not sender.hearing.aside
        assert sender.send(number=1)

    def test_takes_a_key_of_another_stream_at_its_second_packet(self) -> None:
        sender = Sender()
        sender.send()

        heard = [
            sender.hearing.accept_key(n, 5, 9, ("127.0.0.9", 1), sender.now) for n in range(4)
        ]

        assert heard == [False, True, True, True]
        assert sender.hearing.aside
        assert sender.send()
