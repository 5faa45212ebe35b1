"""What one call hears, says and records, and what ends it."""

import random
import socket
import struct
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dialer.lines.base import Answered, Digit, Ended, Held, Outcome, PromptEnded
from tests.sip.peers import CALLEE, HOST, Ear, MutePeer, OpenLine, request, sdp, until
from tests.sip.talkers import (
    SILENCE,
    SSRC,
    Shelf,
    Talker,
    done,
    encode,
    media_of,
    rtp_socket,
    talker,
    tone,
)

MARK = b"\x11" * 160
Call = Callable[..., Talker]


@pytest.fixture
def call(open_line: OpenLine, mute_peer: MutePeer) -> Iterator[Call]:
    """Answer one call."""
    made: list[Talker] = []

    def answered(**changes: Any) -> Talker:
        made.append(talker(open_line(mute_peer.port), mute_peer, **changes))
        return made[-1]

    yield answered
    for one in made:
        one.close()


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


class TestKey:
    def test_is_heard_that_was_pressed_before_we_had_read_the_answer(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        """As on a machine that stands still while somebody answers and presses 9."""
        ear, rtp = Ear(), rtp_socket()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        callee = Talker(ear, handle, mute_peer, invite, rtp, media_of(invite), 0)
        callee.say(MARK)
        callee.press(9)
        contact = f"Contact: <sip:callee@{HOST}:{mute_peer.port}>"
        mute_peer.answer(invite, "200 OK", contact, body=sdp(rtp.getsockname()[1]))

        until(lambda: Digit("9") in ear.events)

        told = [event for event in ear.events if isinstance(event, Answered | Digit)]
        assert told == [Answered(), Digit("9")]
        rtp.close()

    @pytest.mark.parametrize(
        "events",
        [
            "a=rtpmap:101 Telephone-Event/8000",
            "a=rtpmap:96 telephone-event/8000",
            "a=rtpmap:97 something-else/8000",
        ],
    )
    def test_is_heard_under_the_type_that_we_offered_whatever_the_answer_names(
        self, open_line: OpenLine, mute_peer: MutePeer, events: str
    ) -> None:
        """RFC 3264 6.1: what the other side sends to us has the types of our offer."""
        ear, rtp = Ear(), rtp_socket()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        body = sdp(rtp.getsockname()[1], formats=f"0 {events[9:12].strip()}")
        body = body.replace("a=rtpmap:101 telephone-event/8000", events)
        contact = f"Contact: <sip:callee@{HOST}:{mute_peer.port}>"
        mute_peer.answer(invite, "200 OK", contact, body=body)
        until(lambda: ear.answered)
        callee = Talker(ear, handle, mute_peer, invite, rtp, media_of(invite), 0)

        callee.press(9)

        until(lambda: Digit("9") in ear.events)
        rtp.close()

    def test_is_heard_under_the_type_of_an_answer_that_names_its_own(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear, rtp = Ear(), rtp_socket()
        handle = open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")
        body = sdp(rtp.getsockname()[1], formats="0 96").replace("rtpmap:101", "rtpmap:96")
        contact = f"Contact: <sip:callee@{HOST}:{mute_peer.port}>"
        mute_peer.answer(invite, "200 OK", contact, body=body)
        until(lambda: ear.answered)
        callee = Talker(ear, handle, mute_peer, invite, rtp, media_of(invite), 0)
        event = struct.pack("!BBH", 9, 0x0A, 160)

        callee.send(0x80 | 96, 1, 5000, event)
        callee.send(96, 2, 5000, event)

        until(lambda: Digit("9") in ear.events)
        rtp.close()


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


class TestPort:
    def test_is_answered_where_the_audio_really_comes_from(self, call: Call) -> None:
        one = call()
        behind_nat = rtp_socket()

        for _ in range(3):
            one.say(rtp=behind_nat)

        assert behind_nat.recv(2048)[12:] == SILENCE[0]
        assert one.is_silent(seconds=0.06)
        behind_nat.close()

    def test_is_not_taken_over_while_somebody_speaks(self, call: Call) -> None:
        one = call()
        one.say()
        thief = rtp_socket()
        thief.settimeout(0.1)

        for _ in range(5):
            one.say()
            one.send(0, 500, 500, MARK, ssrc=666, rtp=thief)
            one.send(0, 501, 660, MARK, ssrc=666, rtp=thief)

        with pytest.raises(TimeoutError):
            thief.recv(2048)
        thief.close()

    def test_neither_hears_nor_answers_another_host(self, call: Call) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)
        stranger = rtp_socket(host="127.0.0.7")
        stranger.settimeout(0.1)

        for _ in range(20):
            one.say(rtp=stranger)
        one.press(9)

        until(lambda: one.ear.digits == "9")
        assert shelf.of("callee") == []
        with pytest.raises(TimeoutError):
            stranger.recv(2048)
        stranger.close()


class TestThirdHost:
    """A carrier whose audio leaves from another address than its description names."""

    @pytest.fixture
    def media(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
        monkeypatch.setattr("dialer.lines.sip.third_host.WAIT_SECONDS", 0.1)
        media = rtp_socket(host="127.0.0.7")
        media.settimeout(0.1)
        yield media
        media.close()

    def test_is_heard_and_what_we_say_goes_where_the_description_says(
        self, call: Call, media: socket.socket
    ) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)

        _until_heard(MARK, one, shelf, rtp=media)

        one.hear()
        with pytest.raises(TimeoutError):
            media.recv(2048)

    def test_is_not_heard_any_more_once_the_named_one_speaks(
        self, call: Call, media: socket.socket
    ) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)
        _until_heard(MARK, one, shelf, rtp=media)

        _until_heard(encode(tone(160), 0), one, shelf)
        before = len(shelf.of("callee"))
        for _ in range(20):
            one.say(MARK, rtp=media)
        one.press(9)

        until(lambda: one.ear.digits == "9")
        assert MARK not in [payload for _, payload in shelf.of("callee")[before:]]


class TestGarbage:
    def test_harms_no_call(self, call: Call) -> None:
        shelf = Shelf()
        one = call(recorder=shelf)
        dice = random.Random(1)
        other = rtp_socket()
        for place in range(10_000):
            sender = one.rtp if place % 2 else other
            sender.sendto(_garbage(dice), one.line_address)
            if place % 100 == 0:
                one.say(MARK)
                one.hear()

        for _ in range(5):
            one.say(MARK)
        until(lambda: len([p for _, p in shelf.of("callee") if p == MARK]) >= 98)

        assert one.ear.digits == ""
        assert one.ear.results == []
        assert max(position for position, _ in shelf.of("callee")) < 8000 * 60
        other.close()


def _until_heard(
    payload: bytes, one: Talker, shelf: Shelf, *, rtp: socket.socket | None = None
) -> None:
    def heard() -> bool:
        one.say(payload, rtp=rtp)
        return payload in [said for _, said in shelf.of("callee")]

    until(heard)


def _garbage(dice: random.Random) -> bytes:
    """Return random bytes, half of them with a head that looks like RTP."""
    body = dice.randbytes(dice.randrange(0, 200))
    if dice.random() < 0.5:
        return body
    kind = dice.choice([0, 8, 101, 13, 0x80 | 101])
    ssrc = dice.choice([SSRC, dice.randrange(2**32)])
    head = struct.pack(
        "!BBHII", 0x80 | dice.randrange(64), kind, dice.randrange(2**16),
        dice.randrange(2**32), ssrc,
    )  # fmt: skip
    return head + body
