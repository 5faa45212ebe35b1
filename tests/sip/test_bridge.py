"""Two calls that hear each other."""

import os
import statistics
import struct
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from dialer.line_process.precedence import take_precedence
from dialer.lines.base import Digit, Held
from dialer.lines.sip.media import RECODE
from tests.sip.peers import MutePeer, OpenLine, until
from tests.sip.talkers import (
    MARK,
    SILENCE,
    Heard,
    Talker,
    decode,
    done,
    encode,
    snr,
    talker,
    tone,
)

Pair = Callable[..., tuple[Talker, Talker]]
VOICES = 40
DELAY_PACKETS = 1500  # half a minute; `python -m benchmarks bridge_audio --minutes 10`


@pytest.fixture
def pair(open_line: OpenLine, mute_peer: MutePeer) -> Iterator[Pair]:
    """Answer two calls, a callee's and a seat's, and bridge them."""
    made: list[Talker] = []

    def answered(
        *, codecs: tuple[int, int] = (0, 0), seat_keys: bool = True
    ) -> tuple[Talker, Talker]:
        line = open_line(mute_peer.port)
        made.append(talker(line, mute_peer, codec=codecs[0]))
        made.append(talker(line, mute_peer, codec=codecs[1], keys=seat_keys))
        made[0].handle.bridge(made[1].handle)
        done(made[0].handle)
        return made[0], made[1]

    yield answered
    for one in made:
        one.close()


class TestBridge:
    @pytest.mark.parametrize("codecs", [(0, 0), (8, 8), (0, 8)])
    def test_carries_a_tone_both_ways(self, pair: Pair, codecs: tuple[int, int]) -> None:
        callee, seat = pair(codecs=codecs)

        for speaker, listener in ((callee, seat), (seat, callee)):
            said = tone(160 * VOICES)
            frames = [
                encode(said[at : at + 320], speaker.codec) for at in range(0, len(said), 320)
            ]
            for frame in frames:
                speaker.say(frame)
            heard = _voices(listener, VOICES)

            assert {packet.kind for packet in heard} == {listener.codec}
            assert snr(said, b"".join(decode(p.payload, p.kind) for p in heard)) >= 35

    def test_is_one_stream_before_while_and_after(self, pair: Pair) -> None:
        callee, seat = pair()
        heard = [seat.hear() for _ in range(3)]
        for _ in range(10):
            callee.say(MARK)
        heard += seat.hear_until(lambda packet: packet.payload == MARK)
        heard += [seat.hear() for _ in range(9)]

        callee.handle.unbridge()
        heard += [seat.hear() for _ in range(5)]

        steps = [(b.number - a.number) & 0xFFFF for a, b in pairwise(heard)]
        times = [(b.stamp - a.stamp) % 2**32 for a, b in pairwise(heard)]
        assert set(steps) == {1}
        assert all(160 <= time < 1600 for time in times)
        assert len({packet.ssrc for packet in heard}) == 1
        first = next(n for n, packet in enumerate(heard) if packet.payload == MARK)
        assert [packet.marker for packet in heard[first : first + 10]] == [True] + [False] * 9
        assert heard[-1].payload == SILENCE[0]

    def test_is_one_stream_across_a_new_offer_with_another_law(self, pair: Pair) -> None:
        callee, seat = pair()
        heard = [seat.hear()]

        seat.codec = 8
        seat.reoffer("sendrecv")
        callee.say(MARK)
        heard += seat.hear_until(lambda packet: packet.payload == MARK.translate(RECODE[0, 8]))

        assert heard[-1].kind == 8
        assert {(b.number - a.number) & 0xFFFF for a, b in pairwise(heard)} == {1}
        assert len({packet.ssrc for packet in heard}) == 1

    def test_is_silence_while_the_other_says_nothing(self, pair: Pair) -> None:
        callee, seat = pair()
        callee.say(MARK)
        seat.hear_until(lambda packet: packet.payload == MARK)

        assert [seat.hear().payload for _ in range(3)] == [SILENCE[0]] * 3

    def test_ends_with_either_call(self, pair: Pair, mute_peer: MutePeer) -> None:
        callee, seat = pair()
        callee.say(MARK)
        seat.hear_until(lambda packet: packet.payload == MARK)

        callee.handle.hangup()
        mute_peer.answer(mute_peer.receive("BYE"), "200 OK")

        callee.ear.result()
        seat.hear_until(lambda packet: packet.payload == SILENCE[0])
        assert seat.ear.results == []

    def test_is_of_the_two_that_were_joined_last(
        self, pair: Pair, mute_peer: MutePeer, open_line: OpenLine
    ) -> None:
        callee, seat = pair()
        elsewhere = talker(open_line(mute_peer.port), mute_peer)
        with pytest.raises(ValueError, match="share a reactor"):
            callee.handle.bridge(elsewhere.handle)
        elsewhere.close()

        seat.handle.bridge(seat.handle)
        seat.handle.unbridge()
        done(seat.handle)
        callee.say(MARK)

        assert [seat.hear().payload for _ in range(10)] == [SILENCE[0]] * 10


@pytest.fixture
def precedence() -> Iterator[None]:
    """Run before other programs, as `run_lines` does; what is started from now on inherits it."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    take_precedence()
    yield
    os.sched_setscheduler(0, policy, parameters)


class TestBridgeDelay:
    @pytest.mark.long
    def test_is_short_and_does_not_grow(self, precedence: None, pair: Pair) -> None:
        callee, seat = pair()
        delays: list[float] = []
        listener = threading.Thread(target=_listen, args=(seat, DELAY_PACKETS, delays))
        listener.start()
        began = time.monotonic()

        for place in range(DELAY_PACKETS):
            time.sleep(max(0.0, began + place * 0.02 - time.monotonic()))
            callee.say(struct.pack("!d", time.monotonic()) + MARK[8:])
            seat.say()  # or the call would end
        listener.join(timeout=5)

        third = DELAY_PACKETS // 3
        assert len(delays) == DELAY_PACKETS
        # The p99 is for `bridge_audio`, which has the machine to itself.
        assert sorted(delays)[int(DELAY_PACKETS * 0.95)] <= 0.020
        assert statistics.median(delays[-third:]) - statistics.median(delays[:third]) < 0.002


class TestBridgeKeys:
    def test_pass_as_events_of_the_same_stream_and_are_told(self, pair: Pair) -> None:
        callee, seat = pair()
        callee.say(MARK)
        seat.hear_until(lambda packet: packet.payload == MARK)

        callee.press(9)

        keys = [p for p in _until_keys(seat, 8) if p.kind == 101]
        until(lambda: callee.ear.digits == "9")
        assert [key.payload[0] for key in keys] == [9] * 8
        assert len({key.stamp for key in keys}) == 1
        assert keys[0].marker
        assert seat.ear.digits == ""

    def test_of_the_seat_reach_the_callee(self, pair: Pair) -> None:
        callee, seat = pair()
        seat.say(MARK)
        callee.hear_until(lambda packet: packet.payload == MARK)

        seat.press(5)

        assert {p.payload[0] for p in _until_keys(callee, 8) if p.kind == 101} == {5}
        assert callee.ear.digits == ""

    def test_that_come_by_info_pass_as_events(self, pair: Pair) -> None:
        callee, seat = pair()
        _by_info(callee, "7")

        keys = [p for p in _until_keys(seat, 8) if p.kind == 101]

        assert {key.payload[0] for key in keys} == {7}
        assert callee.ear.digits == "7"

    def test_pass_by_info_to_a_side_that_reads_no_events(
        self, pair: Pair, mute_peer: MutePeer
    ) -> None:
        callee, _ = pair(seat_keys=False)

        callee.press(3)
        first = mute_peer.receive("INFO")
        mute_peer.answer(first, "200 OK")
        callee.press(4)
        second = mute_peer.receive("INFO")

        assert "Signal=3\r\n" in first
        assert "Content-Type: application/dtmf-relay\r\n" in first
        assert "Signal=4\r\n" in second

    def test_nine_is_told_while_the_callee_is_held(self, pair: Pair) -> None:
        callee, seat = pair()
        callee.handle.hold(on=True)
        done(callee.handle)

        callee.press(9)
        callee.press(9)

        until(lambda: callee.ear.digits == "99")
        assert all(p.kind == 0 for p in (seat.hear() for _ in range(10)))


class TestHold:
    def test_by_us_is_silence_both_ways_and_ends(self, pair: Pair) -> None:
        callee, seat = pair()
        callee.handle.hold(on=True)
        done(callee.handle)
        for _ in range(3):
            callee.say(MARK)
            seat.say(MARK)

        assert {callee.hear().payload for _ in range(8)} == {SILENCE[0]}
        assert {seat.hear().payload for _ in range(8)} == {SILENCE[0]}
        callee.handle.hold(on=False)
        done(callee.handle)
        callee.say(MARK)
        seat.hear_until(lambda packet: packet.payload == MARK)

    @pytest.mark.parametrize("direction", ["sendonly", "inactive"])
    def test_by_the_other_side_is_told_and_obeyed(self, pair: Pair, direction: str) -> None:
        callee, seat = pair()

        answer = seat.reoffer(direction)

        until(lambda: Held(on=True) in seat.ear.events)
        assert {"sendonly": "a=recvonly", "inactive": "a=inactive"}[direction] in answer
        assert seat.is_silent(seconds=0.06)
        callee.say(MARK)
        assert seat.hears_nothing(seconds=0.06)
        seat.reoffer("sendrecv")
        until(lambda: seat.ear.events[-1] == Held(on=False))
        callee.say(MARK)
        seat.hear_until(lambda packet: packet.payload == MARK)
        assert Digit("9") not in callee.ear.events


def _listen(listener: Talker, count: int, delays: list[float]) -> None:
    while len(delays) < count:
        packet = listener.hear()
        if packet.payload[8:] == MARK[8:]:
            delays.append(time.monotonic() - struct.unpack_from("!d", packet.payload)[0])


def _voices(listener: Talker, count: int) -> list[Heard]:
    """Return so many packets that are no silence of the line's own."""
    heard: list[Heard] = []
    while len(heard) < count:
        packet = listener.hear()
        heard += [packet] if packet.payload != SILENCE[listener.codec] else []
    return heard


def _until_keys(listener: Talker, count: int) -> list[Heard]:
    heard: list[Heard] = []
    while sum(packet.kind == 101 for packet in heard) < count:
        heard.append(listener.hear())
    return heard


def _by_info(one: Talker, digit: str) -> None:
    body = f"Signal={digit}\r\nDuration=160\r\n"
    assert "200 OK" in one.ask("INFO", "Content-Type: application/dtmf-relay", body=body)
