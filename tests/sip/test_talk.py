"""What one call says and records, and what ends it."""

import struct
import time
import wave
from pathlib import Path

import pytest

from dialer.lines.base import Answered, Ended, Held, Outcome, PromptEnded
from tests.sip.peers import CALLEE, HOST, Ear, MutePeer, OpenLine, request, sdp, until
from tests.sip.talkers import (
    MARK,
    SILENCE,
    Call,
    Shelf,
    Talker,
    done,
    encode,
    media_of,
    rtp_socket,
)


@pytest.fixture
def prompt(tmp_path: Path) -> str:
    """Three frames of a steady level."""
    with wave.open(str(tmp_path / "prompt.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<h", 8000) * 480)
    return str(tmp_path / "prompt.wav")


class TestPrompt:
    def test_tells_its_end_and_then_what_follows(self, call: Call, prompt: str) -> None:
        one = call()

        one.handle.play(prompt, then=one.handle.hangup)
        one.peer.answer(one.peer.receive("BYE"), "200 OK")

        one.ear.result()
        assert [type(event) for event in one.ear.events] == [Answered, PromptEnded, Ended]
        loud = encode(struct.pack("<h", 8000) * 160, 0)
        heard = one.hear_until(lambda packet: packet.payload == loud)
        assert [one.hear().payload for _ in range(2)] == [loud] * 2
        assert {packet.payload for packet in heard[:-1]} <= {SILENCE[0]}

    def test_that_is_replaced_says_nothing(self, call: Call, prompt: str) -> None:
        one = call()
        one.handle.play(prompt, then=one.handle.hangup)
        one.handle.play(None)
        one.handle.play(prompt)

        until(lambda: PromptEnded() in one.ear.events)

        assert one.ear.events.count(PromptEnded()) == 1
        assert one.ear.results == []


class TestRecording:
    def test_has_both_sides_at_their_places_without_a_gap(self, call: Call) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)
        one.number, one.stamp = 65_530, 2**32 - 800  # both wrap
        heard = [one.hear() for _ in range(12)]  # so the callee is silent for 0.2 s
        for _ in range(20):
            one.say(MARK)
        until(lambda: len(shelf.of("callee")) == 20 and len(shelf.of("us")) >= len(heard))
        one.handle.hangup()
        one.peer.answer(one.peer.receive("BYE"), "200 OK")
        one.ear.result()

        callee, us = shelf.of("callee"), shelf.of("us")

        places = [position for position, _ in callee]
        assert places == list(range(places[0], places[0] + 20 * 160, 160))
        assert 1600 <= places[0] < 8000
        places = [position for position, _ in us]
        assert places == list(range(places[0], places[0] + len(us) * 160, 160))
        assert 0 <= places[0] < 800
        assert [payload for _, payload in us][:12] == [packet.payload for packet in heard]
        assert shelf.closed == 1

    def test_goes_on_on_both_sides_while_the_other_side_holds(self, call: Call) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)
        one.reoffer("inactive")
        until(lambda: Held(on=True) in one.ear.events)
        assert one.is_silent(seconds=0.06)

        before = len(shelf.of("us"))
        one.say(MARK)

        until(lambda: len(shelf.of("us")) > before + 3)
        assert (MARK in [payload for _, payload in shelf.of("callee")]) is True

    def test_has_nothing_of_before_the_answer(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        shelf, ear, rtp = Shelf(), Ear(), rtp_socket()
        handle = open_line(mute_peer.port).originate(request(CALLEE, recorder=shelf), ear)
        invite = mute_peer.receive("INVITE")
        early = Talker(ear, handle, mute_peer, invite, rtp, media_of(invite), 0)
        early.say(MARK)  # lies in the port
        contact = f"Contact: <sip:callee@{HOST}:{mute_peer.port}>"
        body = sdp(rtp.getsockname()[1])
        mute_peer.answer(invite, "183 Session Progress", contact, body=body)
        assert early.hear().payload == SILENCE[0]  # a symmetric peer learns our port from it
        early.say(MARK)
        done(handle)
        mute_peer.answer(invite, "200 OK", contact, body=body)
        until(lambda: ear.answered)
        early.say(b"\x22" * 160)

        until(lambda: shelf.of("callee"))
        assert [payload for _, payload in shelf.of("callee")] == [b"\x22" * 160]
        assert all(position >= 0 for _, position, _, _ in shelf.kept)
        rtp.close()

    def test_is_closed_when_nobody_answers(self, open_line: OpenLine, mute_peer: MutePeer) -> None:
        shelf, ear = Shelf(), Ear()
        open_line(mute_peer.port).originate(request(CALLEE, recorder=shelf), ear)
        mute_peer.answer(mute_peer.receive("INVITE"), "486 Busy Here")

        ear.result()

        assert (shelf.kept, shelf.closed) == ([], 1)


class TestGuard:
    def test_ends_a_call_that_hears_nobody(self, call: Call) -> None:
        one = call(silence_seconds=1)

        one.peer.answer(one.peer.receive("BYE"), "200 OK")

        result = one.ear.result()
        assert (result.outcome, result.ended_by) == (Outcome.ANSWERED, "line")
        assert "No audio" in result.reason
        assert 1 <= result.talk_seconds < 2

    def test_lets_a_call_be_that_is_held_or_heard(self, call: Call) -> None:
        held, heard = call(silence_seconds=3), call(silence_seconds=3)
        held.reoffer("inactive")
        until_over = time.monotonic() + 3.5

        while time.monotonic() < until_over:
            heard.say()
            held.ear.over.wait(0.1)

        assert held.ear.results == heard.ear.results == []

    def test_ends_a_call_whose_callee_hears_nobody(self, call: Call) -> None:
        one = call(dead_air_seconds=1)

        one.peer.answer(one.peer.receive("BYE"), "200 OK")

        assert "Nobody spoke" in one.ear.result().reason
