"""Keys that the callee presses: when, and under whichever type the answer names."""

import struct

import pytest

from dialer.lines.base import Answered, Digit
from tests.sip.peers import CALLEE, HOST, Ear, MutePeer, OpenLine, request, sdp, until
from tests.sip.talkers import MARK, Talker, media_of, rtp_socket


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
