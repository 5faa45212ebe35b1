"""Session descriptions: which audio can be carried, and where it goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.sdp import RemoteMedia, read_sdp, write_sdp

SESSION = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
AUDIO = "m=audio 4000 RTP/AVP 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\n"


class TestReading:
    def test_takes_the_first_format_that_both_sides_have(self) -> None:
        media = read_sdp((SESSION + AUDIO).encode())

        assert media == RemoteMedia(host="10.0.0.1", port=4000, codec=8, event_type=97)

    def test_prefers_the_address_of_the_stream(self) -> None:
        media = read_sdp((SESSION + AUDIO + "c=IN IP4 10.0.0.9\r\n").encode())

        assert media is not None
        assert media.host == "10.0.0.9"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            SESSION,
            SESSION + "m=audio 4000 RTP/AVP 96\r\n",
            SESSION + "m=audio 0 RTP/AVP 0\r\n",
            SESSION + "m=audio 99999 RTP/AVP 0\r\n",
            SESSION + "m=audio 4000 RTP/SAVP 0\r\n",
            SESSION + "m=video 4000 RTP/AVP 0\r\n",
            SESSION.replace("10.0.0.1", "example.org") + AUDIO,
            SESSION.replace("10.0.0.1", "999.0.0.1") + AUDIO,
        ],
    )
    def test_finds_nothing_that_it_can_carry(self, text: str) -> None:
        assert read_sdp(text.encode()) is None

    @pytest.mark.parametrize(
        ("direction", "sent"),
        [("sendrecv", "audio"), ("recvonly", "audio"), ("sendonly", ""), ("inactive", "")],
    )
    def test_sees_that_it_is_held(self, direction: str, sent: str) -> None:
        media = read_sdp(f"{SESSION}{AUDIO}a={direction}\r\n".encode())

        assert media is not None
        assert media.wants_audio is bool(sent)

    @given(st.binary(max_size=300))
    def test_never_fails(self, data: bytes) -> None:
        for body in (data, SESSION.encode() + b"m=audio " + data):
            media = read_sdp(body)
            assert media is None or 0 < media.port < 65_536


class TestWriting:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [("sendonly", "recvonly"), ("inactive", "inactive"), ("sendrecv", "sendrecv")],
    )
    def test_answers_an_offer_in_its_own_terms(self, theirs: str, ours: str) -> None:
        offer = RemoteMedia(host="h", port=1, codec=8, event_type=97, direction=theirs)

        text = write_sdp(host="10.0.0.5", port=4002, version=2, remote=offer).decode()

        assert "m=audio 4002 RTP/AVP 8 97\r\n" in text
        assert f"a={ours}\r\n" in text

    def test_offers_all_formats(self) -> None:
        text = write_sdp(host="10.0.0.5", port=4002, version=2, remote=None).decode()

        assert "m=audio 4002 RTP/AVP 0 8 101\r\n" in text
