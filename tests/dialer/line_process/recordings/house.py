"""One call that is recorded, on its way through a line process whose threads stand still."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from compliance.models import Permit
from compliance.passport import passport_for
from dialer.line_process.calls import Calls
from dialer.line_process.refusal_book import RefusalBook
from dialer.line_process.seat_legs import SeatLegs
from dialer.lines.base import Answered, CallRequest, LineEvent
from dialer.lines.fake import FakeLine
from dialer.lines.seat.fake import FakeSeatLine
from dialer.models import Recording
from dialer.services.recordings_close_left import recordings_close_left
from tests.dialer.recording.studio import FRAME, speech, until
from tests.world import MORNING, World

SAID = speech(0.8, seed=1)


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
