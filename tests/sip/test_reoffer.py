"""A new offer inside a call: asked of us, one that we cannot carry, one with more than audio."""

import re
from collections.abc import Iterator

import pytest

from dialer.lines.base import Held
from tests.sip.peers import HOST, MutePeer, OpenLine, until
from tests.sip.talkers import Talker, talker

FAX = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\n"
)


@pytest.fixture
def one(open_line: OpenLine, mute_peer: MutePeer) -> Iterator[Talker]:
    made = talker(open_line(mute_peer.port), mute_peer)
    yield made
    made.close()


class TestOfferThatTheyAskFor:
    def test_is_answered_in_their_ack_and_takes_us_off_hold(self, one: Talker) -> None:
        one.reoffer("inactive")
        until(lambda: Held(on=True) in one.ear.events)
        assert one.is_silent(seconds=0.06)

        reply = one.ask("INVITE", "Supported: timer", ack=one.describe())

        assert "\r\nm=audio " in reply
        until(lambda: one.ear.events[-1] == Held(on=False))
        one.hear()

    def test_holds_us_if_their_ack_says_so(self, one: Talker) -> None:
        one.ask("INVITE", "Supported: timer", ack=one.describe() + "a=inactive\r\n")

        until(lambda: one.ear.events[-1] == Held(on=True))
        assert one.is_silent(seconds=0.06)

    def test_is_not_answered_by_the_ack_of_another_request(self, one: Talker) -> None:
        one.ask("INVITE", body=one.describe(), ack=one.describe() + "a=inactive\r\n")
        one.ask("OPTIONS", "Max-Forwards: 70")  # so the ACK has been read

        assert Held(on=True) not in one.ear.events
        one.hear()


class TestOfferThatWeCannotCarry:
    @pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
    @pytest.mark.parametrize("codecs", ["fax", "18 96"])
    def test_is_refused_and_the_call_goes_on_as_it_was(
        self, one: Talker, method: str, codecs: str
    ) -> None:
        body = FAX if codecs == "fax" else one.describe().replace("AVP 0 101", f"AVP {codecs}")

        reply = one.ask(method, body=body)

        assert reply.startswith("SIP/2.0 488 Not Acceptable Here\r\n")
        assert "m=audio" not in reply
        one.is_silent(seconds=0.01)
        one.hear()
        one.press(9)
        until(lambda: one.ear.digits == "9")
        assert one.ear.results == []

    def test_is_not_an_empty_line(self, one: Talker) -> None:
        reply = one.ask("INVITE", body="\r\n", ack=one.describe())

        assert reply.startswith("SIP/2.0 200 ")


class TestOfferOfMoreThanAudio:
    def test_is_answered_line_by_line_and_the_rest_is_declined(self, one: Talker) -> None:
        before, audio = one.describe().split("m=audio ")
        body = (
            f"{before}m=message 9 TCP/MSRP *\r\na=sendrecv\r\nm=audio {audio}"
            f"m=video 4002 RTP/AVP 31 32\r\nc=IN IP4 {HOST}\r\n"
        )

        reply = one.ask("INVITE", body=body)

        streams = re.findall(r"^m=([^\r]*)\r$", reply, re.MULTILINE)
        assert streams[0] == "message 0 TCP/MSRP *"
        assert streams[1].startswith(f"audio {one.line_address[1]} RTP/AVP 0 101")
        assert streams[2:] == ["video 0 RTP/AVP 31 32"]
        length, written = re.findall(r"Content-Length: ([0-9]+)\r\n\r\n(.*)", reply, re.DOTALL)[0]
        assert int(length) == len(written)
