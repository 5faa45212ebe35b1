"""CN13-REC-01: a gap of over two seconds is told at once, whatever it comes from."""

import os
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dialer.recording.file_recorder import FileRecorder
from tests.dialer.recording.studio import (
    FRAME,
    SAID,
    Studio,
    disk_full,
    finish,
    heard,
    packets,
    read_back,
    recorder_in,
    say,
    sides,
    until,
)

GAP = "dialer.recording.file_recorder.GAP_SECONDS"


@pytest.mark.usefixtures("short")
class TestGap:
    def recording(self, studio: Studio) -> tuple[UUID, FileRecorder]:
        tag = uuid4()
        recorder = studio.recorders.recorder_for(tag=tag)
        packets(recorder)
        return tag, recorder

    def test_is_told_once_when_the_disk_takes_no_more(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tag = uuid4()
        recorder = studio.recorders.recorder_for(tag=tag)
        monkeypatch.setattr("os.pwrite", disk_full)
        packets(recorder)

        until(lambda: studio.lost == [tag])
        recorder.close()
        until(lambda: tag in studio.kept)

        assert not recorder.healthy
        assert studio.lost == [tag]
        assert studio.kept[tag].cut_because in ("not_written", "nothing_heard")
        assert studio.kept[tag].audio_sha256 == ""

    def test_is_none_while_a_disk_that_was_full_has_room_in_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recorder = recorder_in(tmp_path)
        monkeypatch.setattr("os.pwrite", disk_full)
        packets(recorder)
        with pytest.raises(OSError, match="No space"):
            recorder.work(time.monotonic())
        monkeypatch.undo()

        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))
        assert left == heard(SAID, codec=0)

    def test_is_none_after_half_a_write_that_is_made_good(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        recorder = recorder_in(tmp_path)
        write = os.pwrite
        monkeypatch.setattr("os.pwrite", lambda file, content, at: write(file, content[:99], at))
        packets(recorder)
        with pytest.raises(OSError, match="took 99 of"):
            recorder.work(time.monotonic())
        monkeypatch.undo()

        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))
        assert left == heard(SAID, codec=0)

    def test_is_told_when_the_file_is_gone(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(GAP, 10.0)
        tag, recorder = self.recording(studio)
        recorder.writer.path.unlink()

        until(lambda: studio.lost == [tag])

        assert recorder.lost == "file_gone"

    def test_is_told_when_the_line_says_nothing_any_more(self, studio: Studio) -> None:
        tag, recorder = self.recording(studio)

        until(lambda: studio.lost == [tag])

        assert recorder.lost == "nothing_heard"

    def test_is_told_when_an_answered_call_is_never_heard(self, studio: Studio) -> None:
        tag = uuid4()
        recorder = studio.recorders.recorder_for(tag=tag)
        recorder.answered()

        until(lambda: studio.lost == [tag])

    def test_is_what_waits_for_the_disk_while_the_line_goes_on(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        now = time.monotonic()
        packets(recorder)
        recorder._silent_since = now + 60

        assert (recorder.breach(now), recorder.breach(now + 60)) == ("", "not_written")
        recorder.work(now + 60)
        assert recorder.breach(now + 60) == ""

    def test_is_none_while_the_phone_rings(self, tmp_path: Path) -> None:
        assert recorder_in(tmp_path).breach(time.monotonic() + 3600) == ""

    def test_is_told_when_the_disk_does_not_confirm(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_file: int) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(GAP, 10.0)
        tag, recorder = self.recording(studio)
        monkeypatch.setattr("os.fsync", broken)
        recorder.close()

        until(lambda: tag in studio.kept)

        assert studio.kept[tag].cut_because == "disk"

    def test_writes_what_there_is_while_nobody_speaks_on(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)
        say(recorder, SAID[:FRAME])
        recorder.work(time.monotonic() + 5)

        assert recorder.writer.samples == 4000
