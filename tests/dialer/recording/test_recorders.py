"""CN13-REC-01: ready before the INVITE, and everything that is heard from then on is kept."""

import os
import shutil
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest

from dialer.lines.base import Side
from dialer.recording import recorders, room
from dialer.recording.file_recorder import MOST_WAITING
from dialer.recording.handover import RecorderNotReadyError
from dialer.recording.sealed_writer import SealedWriter
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
    speech,
    until,
)


class TestRecorder:
    def test_has_its_file_before_anything_is_said(self, studio: Studio) -> None:
        recorder = studio.recorders.recorder_for(tag=uuid4())

        assert recorder.writer.path.is_file()
        assert recorder.healthy

    def test_tells_what_became_of_the_call(self, studio: Studio) -> None:
        tag = uuid4()
        recorder = studio.recorders.recorder_for(tag=tag)
        packets(recorder)
        recorder.close()

        until(lambda: tag in studio.kept)

        kept = studio.kept[tag]
        assert (kept.id, kept.samples, kept.cut_because) == (recorder.opened.id, len(SAID), "")
        assert kept.bytes == recorder.writer.path.stat().st_size
        assert studio.lost == []

    def test_leaves_nothing_of_a_call_that_did_not_leave(self, studio: Studio) -> None:
        recorder = studio.recorders.recorder_for(tag=uuid4())
        recorder.discard()

        until(lambda: not recorder.writer.path.exists())

        assert studio.kept == {}

    def test_keeps_everything_when_it_is_told_to_stop(self, tmp_path: Path) -> None:
        studio, tag = Studio(tmp_path), uuid4()
        studio.recorders.start()
        packets(studio.recorders.recorder_for(tag=tag))
        studio.recorders.stop()

        assert studio.kept[tag].samples == len(SAID)
        with pytest.raises(RecorderNotReadyError):
            studio.recorders.recorder_for(tag=uuid4())

    @pytest.mark.parametrize("early", ["callee", "us"])
    def test_keeps_a_side_that_speaks_in_time_beside_one_that_came_before(
        self, tmp_path: Path, early: Side, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of two seconds, each side's own way through time: 0.9 s before it, and 0.1 s after."""
        recorder, began = recorder_in(tmp_path), time.monotonic()
        late: Side = "us" if early == "callee" else "callee"
        said = {early: speech(2, seed=2), late: speech(2, seed=3)}
        sent = dict.fromkeys(said, 0)
        recorder.answered()
        for tick in range(250):
            now = began + tick / 100
            monkeypatch.setattr(time, "monotonic", lambda now=now: now)
            for side, ahead in ((early, 0.9), (late, -0.1)):
                while sent[side] < 16_000 and sent[side] / 8000 <= tick / 100 + ahead:
                    at = sent[side]
                    part = said[side][at : at + FRAME]
                    recorder.take(side=side, position=at, payload=part, codec=0)
                    sent[side] += FRAME
            recorder.work(now)
            assert recorder.breach(now) == ""
        monkeypatch.undo()
        finish(recorder)

        left, right = sides(read_back(tmp_path, recorder.opened.id))
        assert (left, right) == (heard(said["callee"], codec=0), heard(said["us"], codec=0))

    def test_keeps_a_callee_who_is_late_and_says_how_much_came_too_late(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        recorder, now = recorder_in(tmp_path), time.monotonic()
        say(recorder, SAID[: 50 * FRAME], side="us")
        recorder.work(now + 1.1)
        say(recorder, SAID[: 20 * FRAME])
        recorder.work(now + 2.5)
        say(recorder, SAID[: 2 * FRAME], at=23 * FRAME)
        finish(recorder)

        left, _ = sides(read_back(tmp_path, recorder.opened.id))
        assert left[: 40 * FRAME] == heard(SAID[: 20 * FRAME], codec=0)
        assert "320 samples came too late" in caplog.text

    def test_never_blocks_nor_raises_on_the_lines_thread(self, tmp_path: Path) -> None:
        recorder = recorder_in(tmp_path)

        packets(recorder)

        assert recorder.healthy
        for _ in range(MOST_WAITING):
            recorder.take(side="us", position=0, payload=b"x" * FRAME, codec=0)
        assert len(recorder._waiting) == MOST_WAITING
        assert (recorder.healthy, recorder.lost) == (False, "overflow")


class TestReadiness:
    def why(self, studio: Studio) -> str:
        with pytest.raises(RecorderNotReadyError) as refused:
            studio.recorders.recorder_for(tag=uuid4())
        return str(refused.value)

    def test_is_refused_before_the_start(self, tmp_path: Path) -> None:
        assert self.why(Studio(tmp_path)) == "not started"

    def test_is_refused_where_the_disk_is_nearly_full(
        self, studio: Studio, short: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(room, "LEAST_FREE", 1 << 62)
        until(studio.recorders.why_not)

        assert "MiB free" in self.why(studio)

        monkeypatch.undo()
        until(lambda: not studio.recorders.why_not())
        studio.recorders.recorder_for(tag=uuid4())

    def test_counts_the_calls_that_are_still_to_be_written(self, tmp_path: Path) -> None:
        free = os.statvfs(tmp_path)
        calls = free.f_bavail * free.f_frsize // room.OF_A_CALL

        assert room.why_no_room(tmp_path, calls=0) == ""
        assert "needed" in room.why_no_room(tmp_path, calls=calls)
        assert list(tmp_path.iterdir()) == []

    def test_is_refused_where_the_folder_is_gone(self, studio: Studio, short: None) -> None:
        shutil.rmtree(studio.folder)
        until(studio.recorders.why_not)

        assert "No such file" in self.why(studio)
        assert not studio.folder.exists()  # nobody makes another one in its place

    def test_is_refused_where_the_file_cannot_be_made(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.pwrite", disk_full)

        assert self.why(studio) == "the disk: No space left on device"
        assert not list(studio.folder.rglob("*.rec"))

    def test_is_refused_where_the_disk_is_slow(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recorders, "OPEN_SECONDS", 0.05)
        hung, made = threading.Event(), SealedWriter.__init__

        def slow(self: SealedWriter, *args: object, **more: object) -> None:
            hung.wait(10)
            made(self, *args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(SealedWriter, "__init__", slow)

        assert self.why(studio) == "the disk is slow"
        hung.set()
        until(lambda: not studio.recorders.held())
        until(lambda: not list(studio.folder.rglob("*.rec")))  # what came too late is nobody's

    def test_is_refused_while_the_thread_that_writes_is_stuck(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        studio.recorders._looked_at = time.monotonic() - 10
        hung = threading.Event()
        monkeypatch.setattr(studio.recorders, "_look", lambda _now: hung.wait(10))

        assert self.why(studio) == "the recorder is stuck"
        hung.set()
