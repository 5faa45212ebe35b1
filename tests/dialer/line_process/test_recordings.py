"""CN13-REC-01: recorded from before the INVITE to the end, or there is no call."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from audit.box_keys import read_box_private
from audit.models import AuditEntry
from compliance.models import Permit
from compliance.passport import passport_for
from dialer.line_process.calls import Calls
from dialer.line_process.refusal_book import RefusalBook
from dialer.line_process.seat_legs import SeatLegs
from dialer.lines.base import Answered, CallRequest, InviteSent, LineEvent, Outcome
from dialer.lines.fake import FakeLine, ended
from dialer.lines.seat.fake import FakeSeatLine
from dialer.models import Attempt, Lead, Recording, SeatSession
from dialer.recording import recorders
from dialer.recording.sealed_reader import SealedReader
from dialer.recording.sealed_writer import path_of
from dialer.services.invites_note import InviteNoted, invites_note
from dialer.services.recordings_close_left import recordings_close_left
from tests.dialer.recording.studio import FRAME, speech, until
from tests.phones import fake_legs
from tests.sip.peers import CALLEE, ROOT
from tests.stages import staged
from tests.world import (
    MORNING,
    World,
    add_lead,
    build_world,
    callee,
    let_time_pass,
    log_on,
    permitted,
)

SAID = speech(0.8, seed=1)
TALK: list[LineEvent] = [Answered(), ended(Outcome.ANSWERED, sip_code=200, talk_seconds=1)]
NOBODY: list[LineEvent] = [ended(Outcome.BUSY, sip_code=486)]


class House:
    """One call on its way, with the line process's threads held still."""

    def __init__(
        self, world: World, permit: Permit, folder: Path, events: Sequence[LineEvent]
    ) -> None:
        self.world = world
        self.permit = permit
        self.folder = folder
        self.events = events
        self.line = FakeLine(self._script)
        phones = FakeSeatLine()
        seats = SeatLegs(trunk_id=world.trunk.pk, open_line=lambda _registrar: phones)
        seats.look()
        self.calls = Calls(
            line=self.line,
            seats=seats,
            trunk_id=self.world.trunk.pk,
            process="test",
            recordings=folder,
            refused=RefusalBook(folder=folder, trunk_code=world.trunk.code),
        )

    def _script(self, request: CallRequest) -> Sequence[LineEvent]:
        """Say something, if the call is answered."""
        assert Recording.objects.get().state == Recording.State.OPEN  # before the INVITE
        assert request.recorder is not None
        for start in range(0, len(SAID) if Answered() in self.events else 0, FRAME):
            part = SAID[start : start + FRAME]
            request.recorder.take(side="callee", position=start, payload=part, codec=8)
        return self.events

    def place(self) -> None:
        """Place the call and write down whatever is heard of it."""
        self.calls._place(self.permit.pk, passport_for(self.permit.pk))

    def write_down(self) -> None:
        """Do what the workers would, up to the end of the recording."""
        until(self._step)

    def _step(self) -> bool:
        waiting = self.calls._queue_of(self.permit.pk)
        while not waiting.empty():
            job = waiting.get()
            assert job is not None
            job()
        return not Recording.objects.filter(state=Recording.State.OPEN).exists()

    def close_left(self) -> Recording:
        """Be the next owner of the trunk."""
        recordings_close_left(
            trunk_id=self.world.trunk.pk,
            folder=self.folder,
            keep=frozenset(),
            before=MORNING + timedelta(seconds=1),
            actor="svc:line:next",
            now=MORNING,
        )
        return Recording.objects.get()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


@staged
def world() -> World:
    return build_world()


@staged
def permit(world: World) -> Permit:
    """Leave for one call, whose seat waits for it."""
    person = callee(world)
    log_on(world, world.seat)
    fake_legs(world).look()  # its phone is up
    add_lead(world, person)
    permit = permitted(world, person)
    SeatSession.objects.filter(seat=world.seat).update(
        state=SeatSession.State.RESERVED, permit=permit
    )
    Lead.objects.update(state=Lead.State.CLAIMED, claimed_at=MORNING)
    return permit


@pytest.fixture
def house(world: World, permit: Permit, folder: Path) -> Iterator[House]:
    house = House(world, permit, folder, TALK)
    house.calls.recordings.start()
    yield house
    house.calls.recordings.stop()


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


WRITER = """
import sys, time
from pathlib import Path
from uuid import UUID
import django
django.setup()
from django.conf import settings
settings.KEYS_DIR = Path(sys.argv[2])
from audit.box_keys import box_public
from dialer.recording.recorders import Recorders
from dialer.recording import recorders
recorders.uuid4 = lambda: UUID(sys.argv[3])
ours = Recorders(folder=Path(sys.argv[1]), public=box_public("recording"),
                 on_kept=print, on_lost=print)
ours.start()
one = ours.recorder_for(tag=UUID(int=1))
position = 0
while True:
    said = (position // 160 % 256).to_bytes(1, "big") * 160
    one.take(side="callee", position=position, payload=said, codec=8)
    position += 160
    if one.writer.samples > 20_000:
        print("written", flush=True)
    time.sleep(0.001)
"""


def note_invite(house: House) -> None:
    """Take over what the line's journal says."""
    permit = str(house.permit.pk)
    sent = InviteSent(
        permit_id=permit, call_id="c", callee=CALLEE, caller="9512301", disguised=False
    )
    noted = InviteNoted(id=UUID(int=1), at=MORNING, sent=sent)
    invites_note(trunk=house.world.trunk, noted=[noted], actor="svc:line:p", now=MORNING)


class TestKilledWriter:
    def test_leaves_what_it_wrote_to_be_read_and_closed_as_cut_short(
        self, house: House, keys_of_the_test_run: Path
    ) -> None:
        house.events = [Answered()]
        house.place()
        house.calls.recordings.stop()
        recording = Recording.objects.get()
        path_of(house.folder, recording.pk).unlink()
        self.write_until_killed(house.folder, keys_of_the_test_run, recording.pk)

        kept = house.close_left()

        content = path_of(house.folder, kept.pk).read_bytes()
        opener = read_box_private(keys_of_the_test_run / "player" / "recording.key")
        reader = SealedReader(content, private=opener)
        audio = reader.wav(first=44, count=reader.size)
        assert (kept.state, kept.cut_because) == ("cut", "crash")
        assert kept.samples >= 20_000
        assert kept.samples * 4 == len(audio)
        assert kept.file_sha256 == hashlib.sha256(content).hexdigest()
        assert house.close_left() == kept

    @staticmethod
    def write_until_killed(folder: Path, keys: Path, recording: UUID) -> None:
        command = [sys.executable, "-c", WRITER, str(folder), str(keys), str(recording)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        process.stdout.close()

    @pytest.mark.parametrize(("left", "state"), [(True, "cut"), (False, "closed")])
    def test_whose_file_is_missing_is_known_by_whether_the_call_left(
        self,
        house: House,
        left: bool,  # noqa: FBT001
        state: str,
    ) -> None:
        house.events = [Answered()]
        house.place()
        house.calls.recordings.stop()
        for path in house.folder.rglob("*.rec"):
            path.unlink()
        if left:
            note_invite(house)

        kept = house.close_left()

        assert (kept.state, kept.samples) == (state, 0)
        assert kept.cut_because == ("missing" if left else "")

    def test_of_a_call_that_only_rang_leaves_no_file(self, house: House) -> None:
        house.events = []
        house.place()

        kept = house.close_left()

        assert (kept.state, kept.samples, kept.bytes) == ("closed", 0, 0)
        assert not list(house.folder.rglob("*.rec"))


class TestRow:
    @pytest.fixture
    def kept(self, house: House) -> Recording:
        house.place()
        house.write_down()
        return Recording.objects.get()

    def test_is_one_for_each_call(self, house: House) -> None:
        house.events = []
        house.place()

        with pytest.raises(DatabaseError), transaction.atomic():
            Recording.objects.create(
                id=UUID(int=1), attempt=Attempt.objects.get(), started_at=MORNING
            )

    def test_stays_as_it_was_closed(self, kept: Recording) -> None:
        changes: list[dict[str, object]] = [
            {"audio_sha256": "0" * 64},
            {"samples": 1},
            {"state": "open"},
            {"state": "cut", "cut_because": "x"},
            {"keep_until": MORNING},
            {"state": "deleted", "deleted_at": MORNING, "deleted_because": "x"},  # its floor
        ]
        for change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                Recording.objects.filter(pk=kept.pk).update(**change)

        with pytest.raises(DatabaseError), transaction.atomic():
            kept.delete()

    def test_is_deleted_behind_its_floor_and_keeps_its_digests(self, kept: Recording) -> None:
        later = let_time_pass(MORNING + timedelta(days=31))
        gone = {"state": "deleted", "deleted_at": later, "deleted_because": "retention"}
        with pytest.raises(DatabaseError), transaction.atomic():
            Recording.objects.filter(pk=kept.pk).update(**gone, file_sha256="0" * 64)

        assert Recording.objects.filter(pk=kept.pk).update(**gone) == 1
