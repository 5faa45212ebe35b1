"""Key presses on the wire, and prompt files."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip_media import KEYS, KeyReader, Outgoing, key_frames, without_extension


class TestKeyReader:
    @given(st.text(alphabet=KEYS, max_size=8), st.sets(st.integers(0, 7), max_size=7))
    def test_hears_each_key_once_whatever_packets_are_lost(
        self, digits: str, lost: set[int]
    ) -> None:
        reader, heard, clock = KeyReader(), "", 0
        for digit in digits:
            frames = [frame for frame in key_frames(digit) if frame is not None]
            for place, frame in enumerate(frames):
                if place not in lost:
                    heard += reader.read(timestamp=clock, payload=frame.payload) or ""
            clock += 1600

        assert heard == digits

    @pytest.mark.parametrize("payload", [b"", b"\x09", b"\x10\x0a\x00\xa0", b"\xff" * 4])
    def test_ignores_what_is_no_key(self, payload: bytes) -> None:
        assert KeyReader().read(timestamp=1, payload=payload) is None


class TestOutgoing:
    def test_sends_keys_before_the_prompt_before_silence(self) -> None:
        outgoing = Outgoing()
        outgoing.play((b"\x00\x10" * 160,))
        outgoing.press("9")

        frames = [outgoing.next_frame(codec=0) for _ in range(14)]

        assert [frame.event for frame in frames] == [True] * 8 + [False] * 6
        assert frames[0].marker
        assert frames[0].payload[0] == 9
        assert frames[12].payload != b"\xff" * 160
        assert frames[13].payload == b"\xff" * 160

    def test_keeps_no_more_keys_than_it_can_send_in_a_while(self) -> None:
        outgoing = Outgoing()

        outgoing.press("1" * 10_000)

        assert len(outgoing._keys) < 1000


class TestHeaderExtension:
    def test_is_cut_out(self) -> None:
        head = struct.pack("!BBHII", 0x91, 101, 1, 2, 3) + b"csrc"
        extension = struct.pack("!HH", 0xBEDE, 2) + b"12345678"

        assert without_extension(head + extension + b"key") == b"\x81" + head[1:] + b"key"
