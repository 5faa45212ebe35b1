"""CN13-REC-01: what was recorded until the process was killed can be read, and is closed."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from audit.box_keys import read_box_private
from dialer.lines.base import Answered, InviteSent
from dialer.models import Recording
from dialer.recording.sealed_reader import SealedReader
from dialer.recording.sealed_writer import path_of
from dialer.services.invites_note import InviteNoted, invites_note
from tests.dialer.line_process.recordings.house import House
from tests.sip.peers import CALLEE, ROOT
from tests.world import MORNING

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
