"""Key presses on the wire, and prompt files."""

import audioop
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.media import (
    KEYS,
    RECODE,
    KeyReader,
    Outgoing,
    key_frames,
    payload_of,
    without_extension,
)
from dialer.lines.sip.prompt import Prompt


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


LOUD, QUIET = b"\x10" * 160, b"\xff" * 160
PROMPT = Prompt({0: (LOUD,), 8: (LOUD,)})


class TestOutgoing:
    def test_sends_keys_before_the_prompt_before_silence(self) -> None:
        outgoing = Outgoing()
        outgoing.play(PROMPT)
        outgoing.press("9")

        keys = [key for key in (outgoing.next_key() for _ in range(12)) if key is not None]
        voices = [outgoing.next_voice(codec=0) for _ in range(3)]

        assert [key.begins for key in keys] == [True] + [False] * 7
        assert keys[0].payload[0] == 9
        assert voices == [LOUD, QUIET, QUIET]
        assert not outgoing.speaking

    def test_tells_the_end_of_a_prompt_once_and_never_of_one_that_was_stopped(self) -> None:
        outgoing, told = Outgoing(), []
        outgoing.play(PROMPT, done=lambda: told.append("stopped"))
        outgoing.play(PROMPT, done=lambda: told.append("ended"))

        for _ in range(4):
            outgoing.next_voice(codec=8)

        assert told == ["ended"]

    def test_keeps_no_more_keys_than_it_can_send_in_a_while(self) -> None:
        outgoing = Outgoing()

        outgoing.press("1" * 10_000)

        assert len(outgoing._keys) < 1000


class TestRecoding:
    def test_changes_the_law_and_nothing_else(self) -> None:
        for (source, _), table in RECODE.items():
            decode = {0: audioop.ulaw2lin, 8: audioop.alaw2lin}
            before = decode[source](bytes(range(256)), 2)
            after = decode[8 - source](table, 2)
            pairs = zip(struct.unpack("<256h", before), struct.unpack("<256h", after), strict=True)
            assert all(abs(one - two) <= max(16, abs(one) // 16) for one, two in pairs)


class TestPayload:
    @pytest.mark.parametrize(
        "packet",
        [
            struct.pack("!BBHII", 0x90, 0, 1, 2, 3),  # an extension that is not there
            struct.pack("!BBHII", 0xA0, 0, 1, 2, 3) + b"ab\xff",  # more padding than packet
            struct.pack("!BBHII", 0x8F, 0, 1, 2, 3) + b"ab",  # fifteen sources in two bytes
            struct.pack("!BBHII", 0x80, 0, 1, 2, 3) + b"a" * 1601,
        ],
    )
    def test_is_nothing_where_the_header_promises_too_much(self, packet: bytes) -> None:
        assert payload_of(packet) == b""

    def test_ends_before_the_padding(self) -> None:
        assert payload_of(struct.pack("!BBHII", 0xA0, 0, 1, 2, 3) + b"ab\x00\x02") == b"ab"

    def test_begins_after_sources_and_extension(self) -> None:
        head = struct.pack("!BBHII", 0x91, 101, 1, 2, 3) + b"csrc"
        extension = struct.pack("!HH", 0xBEDE, 2) + b"12345678"

        assert without_extension(head + extension + b"key") == b"\x80" + head[1:12] + b"key"
