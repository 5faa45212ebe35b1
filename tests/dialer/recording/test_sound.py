"""CN13-REC-01: what was said comes back to the sample, on its side and in its place."""

import random
import time
import wave
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.recording.blocks import BLOCK_SAMPLES, Block, stereo
from tests.dialer.recording.studio import (
    FRAME,
    finish,
    heard,
    read_back,
    recorder_in,
    say,
    sides,
    speech,
)

QUIET = {0: heard(b"\xff", codec=0), 8: heard(b"\xd5", codec=8)}


class TestRecording:
    @pytest.mark.parametrize("codec", [0, 8])
    def test_gives_both_sides_back_to_the_sample(self, tmp_path: Path, codec: int) -> None:
        recorder = recorder_in(tmp_path)
        callee, us = speech(3.3, seed=1), speech(3.1, seed=2)

        for start in range(0, len(callee), FRAME):
            say(recorder, us[start : start + FRAME], side="us", at=start, codec=codec)
            say(recorder, callee[start : start + FRAME], at=start, codec=codec)
        finish(recorder)

        left, right = sides(read_back(tmp_path, recorder.opened.id))
        silence = QUIET[codec] * (len(callee) - len(us))
        assert left == heard(callee, codec=codec)
        assert right == heard(us, codec=codec) + silence

    def test_is_a_wav_that_anything_plays(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        say(recorder, speech(0.7, seed=1))
        finish(recorder)
        reader = read_back(tmp_path, recorder.opened.id)

        with wave.open(BytesIO(reader.wav(first=0, count=reader.size))) as sound:
            assert sound.getparams()[:4] == (2, 2, 8000, 5600)

    def test_fills_what_was_lost_by_its_place(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        said = speech(4.0, seed=3)
        lost = set(random.Random(7).sample(range(len(said) // FRAME), 60))
        expected = bytearray(heard(said, codec=0))
        for place in range(len(said) // FRAME):
            start = place * FRAME
            if place in lost:
                expected[2 * start : 2 * (start + FRAME)] = QUIET[0] * FRAME
            else:
                say(recorder, said[start : start + FRAME], at=start)
        say(recorder, said[-FRAME:], at=len(said) - FRAME)
        expected[-2 * FRAME :] = heard(said[-FRAME:], codec=0)
        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))

        assert left == bytes(expected)

    def test_puts_packets_that_come_out_of_order_where_they_belong(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        said = speech(2.0, seed=4)
        places = list(range(0, len(said), FRAME))
        for start in range(0, len(places), 5):  # within 100 ms
            for place in reversed(places[start : start + 5]):
                say(recorder, said[place : place + FRAME], at=place)
        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))

        assert left == heard(said, codec=0)

    def test_keeps_a_carrier_that_changes_its_codec_in_mid_word(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        before, after = speech(0.3, seed=5), speech(0.9, seed=6)
        say(recorder, before, codec=0)
        say(recorder, after, at=len(before), codec=8)
        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))

        assert left == heard(before, codec=0) + heard(after, codec=8)

    def test_leaves_out_what_cannot_be_of_this_call(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        said = speech(0.5, seed=7)
        say(recorder, said)
        for position, codec in ((400_000_000, 0), (-160, 0), (0, 96)):
            recorder.take(side="callee", position=position, payload=b"\0" * FRAME, codec=codec)
        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))

        assert left == heard(said, codec=0)

    def test_keeps_no_file_of_a_call_in_which_nothing_was_said(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        recorder.close()
        recorder.work(time.monotonic())

        assert not list(tmp_path.rglob("*.rec"))

    def test_costs_a_byte_a_sample_of_each_side_that_speaks(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        say(recorder, speech(10, seed=8))
        finish(recorder)

        assert 80_000 < recorder.writer.size < 81_000


class TestBlock:
    @given(
        packets=st.lists(
            st.tuples(
                st.integers(0, 1),
                st.integers(0, BLOCK_SAMPLES - 1),
                st.binary(min_size=1, max_size=400),
                st.sampled_from([0, 8]),
            ),
            max_size=20,
        ),
        samples=st.integers(0, BLOCK_SAMPLES),
    )
    def test_is_always_as_long_as_it_says(
        self, packets: list[tuple[int, int, bytes, int]], samples: int
    ) -> None:
        block = Block()
        for side, start, payload, codec in packets:
            block.sides[side].append((start, payload[: BLOCK_SAMPLES - start], codec))

        assert len(stereo(block.body(samples))) == 4 * samples
