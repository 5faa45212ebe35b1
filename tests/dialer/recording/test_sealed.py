"""CN13-SEC-01: a recording tells nothing without its key, and nothing false with it."""

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from dialer.recording import sealed_format as form
from dialer.recording.found import found
from dialer.recording.sealed_reader import WAV_BYTES, AlteredError, SealedReader
from dialer.recording.sealed_writer import path_of
from dialer.recording.unwrapping import WrongKeyError
from tests.dialer.recording.studio import (
    PRIVATE,
    finish,
    heard,
    read_back,
    recorder_in,
    say,
    sides,
    speech,
)

SAID = speech(2.2, seed=1)


def recorded(folder: Path) -> bytes:
    """Return the file of a call of 2.2 s, in which the callee speaks."""
    recorder = recorder_in(folder)
    say(recorder, SAID)
    finish(recorder)
    return path_of(folder, recorder.opened.id).read_bytes()


def frames(content: bytes) -> list[bytes]:
    """Return the frames of a file as they are stored."""
    return [form.frame(one.sealed, end=one.end) for one in form.parse(content).frames]


def play(content: bytes) -> bytes:
    """Return all samples of a file, or raise what the reader objects to."""
    reader = SealedReader(content, private=PRIVATE)
    return reader.wav(first=0, count=reader.size)[WAV_BYTES:]


class TestFile:
    def test_says_of_itself_what_it_is(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        parsed = form.parse(content)

        assert (parsed.samples, parsed.ended, parsed.excess) == (len(SAID), True, 0)
        assert parsed.audio_sha256 == hashlib.sha256(play(content)).hexdigest()

    def test_has_a_name_that_tells_nothing_and_is_for_its_group_alone(
        self, tmp_path: Path
    ) -> None:
        content = recorded(tmp_path)
        (path,) = tmp_path.rglob("*.rec")

        assert path.stem == form.parse(content).head.recording.hex
        assert path.stat().st_mode & 0o137 == 0
        assert path.parent.stat().st_mode & 0o027 == 0

    def test_shows_nothing_of_what_was_said(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)

        for start in range(0, len(SAID) - 16, 16):
            assert SAID[start : start + 16] not in content

    def test_opens_with_its_own_key_only(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)

        with pytest.raises(WrongKeyError):
            SealedReader(content, private=X25519PrivateKey.generate())

    def test_is_sealed_anew_for_every_recording(self, tmp_path: Path) -> None:
        one, other = frames(recorded(tmp_path)), frames(recorded(tmp_path))

        assert not set(one) & set(other)


class TestNonce:
    @given(one=st.integers(0, 1 << 40), other=st.integers(0, 1 << 40))
    def test_never_comes_twice_under_a_key(self, one: int, other: int) -> None:
        assert (form.nonce(one, last=False) == form.nonce(other, last=False)) == (one == other)
        assert form.nonce(one, last=True) != form.nonce(other, last=False)


class TestTampering:
    def test_by_one_bit_anywhere_is_seen(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        whole = play(content)

        @given(place=st.integers(0, len(content) - 1), bit=st.integers(0, 7))
        def seen(place: int, bit: int) -> None:
            other = bytearray(content)
            other[place] ^= 1 << bit
            try:
                told = play(bytes(other))
            except (AlteredError, WrongKeyError, form.NotARecordingError):
                return
            # A length that was altered: the file ends there, and says that it is cut short.
            assert not form.parse(bytes(other)).ended
            assert whole.startswith(told)

        seen()

    def test_by_cutting_off_is_seen_and_leaves_what_is_before(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)

        for missing in (1, 100, len(frames(content)[-1])):
            parsed = form.parse(content[:-missing])
            assert not parsed.ended
            assert parsed.audio_sha256 == ""
            assert play(content[:-missing]) == play(content)[: 4 * parsed.samples]

    @pytest.mark.parametrize(
        "order", [[1, 0, 2, 3, 4], [0, 0, 1, 2, 3, 4], [0, 2, 3, 4], [4], [0, 1, 2, 4, 3]]
    )
    def test_by_order_is_seen(self, tmp_path: Path, order: list[int]) -> None:
        content = recorded(tmp_path)
        parts = frames(content)
        assert len(parts) == 5
        other = content[: form.HEAD.size] + b"".join(parts[place] for place in order)

        with pytest.raises(AlteredError):
            play(other)

    def test_with_blocks_of_another_recording_is_seen(self, tmp_path: Path) -> None:
        one, other = recorded(tmp_path), recorded(tmp_path)
        mixed = frames(one)
        mixed[1] = frames(other)[1]

        with pytest.raises(AlteredError):
            play(one[: form.HEAD.size] + b"".join(mixed))

    def test_with_the_head_of_another_recording_is_seen(self, tmp_path: Path) -> None:
        one, other = recorded(tmp_path), recorded(tmp_path)

        with pytest.raises(AlteredError):
            play(other[: form.HEAD.size] + one[form.HEAD.size :])

    def test_of_its_head_is_seen_at_every_byte(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)

        for place in range(form.HEAD.size):
            other = bytearray(content)
            other[place] ^= 1
            with pytest.raises((AlteredError, WrongKeyError, form.NotARecordingError)):
                play(bytes(other))

    def test_by_what_it_says_of_its_length_is_seen(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        parsed = form.parse(content)
        end = form.END.pack(8000, bytes.fromhex(parsed.audio_sha256))
        last = form.frame(parsed.frames[-1].sealed, end=end)
        other = content[: -len(frames(content)[-1])] + last

        with pytest.raises(AlteredError):
            SealedReader(other, private=PRIVATE)._opened(4)


class TestFound:
    def test_needs_no_key(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        recording = form.parse(content).head.recording

        kept = found(tmp_path, recording=recording)

        assert kept is not None
        assert (kept.samples, kept.cut_because) == (len(SAID), "")
        assert kept.file_sha256 == hashlib.sha256(content).hexdigest()
        assert kept.audio_sha256 == hashlib.sha256(play(content)).hexdigest()

    def test_tells_a_file_that_was_cut_short(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        recording = form.parse(content).head.recording
        path_of(tmp_path, recording).write_bytes(content[:-10])

        kept = found(tmp_path, recording=recording)

        assert kept is not None
        assert (kept.samples, kept.audio_sha256, kept.cut_because) == (16_000, "", "crash")
        left, _ = sides(read_back(tmp_path, recording))
        assert left == heard(SAID, codec=0)[: 2 * 16_000]

    def test_knows_that_there_is_none(self, tmp_path: Path) -> None:
        assert found(tmp_path, recording=uuid4()) is None


class TestWav:
    def test_gives_any_part_of_it(self, tmp_path: Path) -> None:
        content = recorded(tmp_path)
        reader = SealedReader(content, private=PRIVATE)
        whole = reader.wav(first=0, count=reader.size)
        assert len(whole) == reader.size

        @given(first=st.integers(0, reader.size - 1), count=st.integers(1, reader.size))
        def same(first: int, count: int) -> None:
            assert reader.wav(first=first, count=count) == whole[first : first + count]

        same()
