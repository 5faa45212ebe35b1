"""The calls that are up in this process, by attempt."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from dialer.line_process.both_legs import BothLegs
from dialer.line_process.notice import Notice
from dialer.lines.base import CallHandle
from dialer.lines.sip.prompt import PromptError
from dialer.models import DeskPress
from dialer.recording.file_recorder import FileRecorder

log = logging.getLogger(__name__)


@dataclass(slots=True)
class LiveCall:
    """One call that is up."""

    attempt_id: int
    permit_id: UUID
    person_id: int
    handle: CallHandle | None = None
    recorder: FileRecorder | None = None
    notice: Notice | None = None  # a machine speaks, and no agent
    legs: BothLegs | None = None
    refused: bool = False  # the callee has pressed 9
    sorry: Path | None = None  # what is said to a callee who hears no agent

    def say_sorry(self) -> None:
        """Tell whoever hears no agent who called and how to refuse, and hang up (CN13-DIA-05).

        Without an approved file, or with none that can be played, only hang up.
        """
        if self.handle is None:
            return
        try:
            if self.sorry is not None:
                self.handle.play(str(self.sorry), then=self.handle.hangup)
                return
        except PromptError:
            log.exception("an abandoned call ends: it has nothing to say")
        self.handle.hangup()


class LiveCalls:
    """May be asked by any thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._calls: dict[int, LiveCall] = {}
        self._lock = threading.Lock()

    def add(self, call: LiveCall) -> None:
        """Take in a call whose INVITE is about to leave."""
        with self._lock:
            self._calls[call.attempt_id] = call

    def remove(self, attempt_id: int) -> None:
        """Forget a call that is over and closed."""
        with self._lock:
            self._calls.pop(attempt_id, None)

    def attempts(self) -> frozenset[int]:
        """Return the attempts that are up."""
        with self._lock:
            return frozenset(self._calls)

    def of_permit(self, permit_id: UUID) -> LiveCall | None:
        """Return the permit's call."""
        with self._lock:
            return next((one for one in self._calls.values() if one.permit_id == permit_id), None)

    def hang_up(self, attempt_ids: frozenset[int]) -> None:
        """End calls: CANCEL while they ring, BYE when they are answered."""
        with self._lock:
            calls = [self._calls[pk] for pk in attempt_ids if pk in self._calls]
        for call in calls:
            if call.handle is not None:
                call.handle.hangup()

    def obey(self, press: DeskPress) -> None:
        """Do what the agent asked of the seat's own call, if it is still up."""
        with self._lock:
            call = self._calls.get(press.attempt_id)
        if call is None or call.legs is None:
            return
        match press.what:
            case DeskPress.What.HANG_UP:
                call.legs.hang_up(by="agent")
            case DeskPress.What.HOLD | DeskPress.What.RESUME:
                call.legs.hold(press.what == DeskPress.What.HOLD)
            case DeskPress.What.DIGITS:
                call.legs.press(press.digits)

    def person_for(self, permit_id: UUID) -> CallHandle | None:
        """Put on whoever stands behind a machine's call; return the phone if it is connected."""
        call = self.of_permit(permit_id)
        return call.legs.bring() if call is not None and call.legs is not None else None
