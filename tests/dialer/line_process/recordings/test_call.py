"""CN13-REC-01: recorded from before the INVITE to the end, or there is no call."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from audit.box_keys import read_box_private
from audit.models import AuditEntry
from dialer.lines.base import Answered, LineEvent, Outcome
from dialer.lines.fake import ended
from dialer.models import Attempt, Lead, Recording, SeatSession
from dialer.recording import recorders
from dialer.recording.sealed_reader import SealedReader
from dialer.recording.sealed_writer import path_of
from tests.dialer.line_process.recordings.house import SAID, House
from tests.dialer.recording.studio import until
from tests.world import MORNING, let_time_pass

NOBODY: list[LineEvent] = [ended(Outcome.BUSY, sip_code=486)]


class TestCall:
    def test_is_kept_with_its_digests_on_record_and_trail(
        self, house: House, keys_of_the_test_run: Path
    ) -> None:
        house.place()
        house.write_down()

        kept = Recording.objects.get()
        content = path_of(house.folder, kept.pk).read_bytes()
        opener = read_box_private(keys_of_the_test_run / "player" / "recording.key")
        reader = SealedReader(content, private=opener)
        audio = reader.wav(first=44, count=reader.size)
        assert (kept.state, kept.samples, kept.kind) == ("closed", len(SAID), "recording")
        assert kept.attempt == Attempt.objects.get()
        assert kept.audio_sha256 == hashlib.sha256(audio).hexdigest()
        assert kept.file_sha256 == hashlib.sha256(content).hexdigest()
        assert kept.keep_until == kept.started_at + timedelta(days=180)
        entry = AuditEntry.objects.of("recording.closed").get()
        assert entry.object == f"recording:{kept.pk}"
        assert kept.audio_sha256.encode() in bytes(entry.body)

    def test_that_nobody_answers_leaves_no_file(self, house: House) -> None:
        house.events = NOBODY
        house.place()
        house.write_down()

        kept = Recording.objects.get()
        assert (kept.state, kept.samples, kept.bytes) == ("closed", 0, 0)
        assert not list(house.folder.rglob("*.rec"))

    def test_ends_when_its_recording_has_a_gap(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.recording.file_recorder.GAP_SECONDS", 0.1)
        house.events = [Answered()]
        house.place()

        until(lambda: house.line.calls[0].over)
        house.write_down()

        kept = Recording.objects.get()
        assert (kept.state, kept.cut_because) == ("cut", "nothing_heard")
        assert Attempt.objects.get().ended_by == "us"
        assert AuditEntry.objects.of("recording.cut").count() == 1

    def test_does_not_leave_where_it_could_not_be_recorded(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recorders.Recorders, "why_not", lambda _self: "1 MiB free")

        house.place()

        house.permit.refresh_from_db()
        assert house.line.invites == []
        assert (house.permit.state, house.permit.void_reason) == ("void", "recorder_not_ready")
        assert not Attempt.objects.exists()
        assert not Recording.objects.exists()
        assert SeatSession.objects.get(seat=house.world.seat).state == SeatSession.State.READY
        lead = Lead.objects.get()
        assert (lead.state, lead.due_at) == (Lead.State.WAITING, MORNING + timedelta(minutes=1))

    def test_that_may_not_leave_after_all_leaves_no_file(self, house: House) -> None:
        let_time_pass(MORNING + timedelta(minutes=1))  # the permit has expired

        house.place()

        until(lambda: not list(house.folder.rglob("*.rec")))
        assert house.line.invites == []
        assert not Recording.objects.exists()
