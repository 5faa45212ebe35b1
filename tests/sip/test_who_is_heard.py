"""What comes to the port of a call: who is heard there and answered, and what harms nobody."""

import random
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.sip.peers import until
from tests.sip.talkers import MARK, SILENCE, SSRC, Call, Shelf, Talker, encode, rtp_socket, tone


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
