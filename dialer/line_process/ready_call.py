"""All that a call needs before its permit may be spent."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from compliance import clock
from compliance.passport_form import claimed_expiry
from dialer.line_process.notice import Voice
from dialer.lines.base import CallRecorder, CallRequest, Room
from dialer.recording.file_recorder import FileRecorder
from dialer.services.call_open import OpenedCall


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCall:
    """A call that wants nothing any more but its permit's redemption."""

    permit_id: UUID
    identity: str  # the permit's passport
    room: Room
    recorder: FileRecorder
    voice: Voice | None  # of a machine that speaks
    sorry: Path | None  # what is said to a callee who hears no agent

    def request(self, opened: OpenedCall, *, sound: CallRecorder) -> CallRequest:
        """Say what the line is to send, now that the permit is spent."""
        spent = opened.spent
        return CallRequest(
            permit_id=str(spent.permit_id),
            callee=spent.callee,
            caller_number=spent.caller_number,
            identity=self.identity,
            ring_seconds=opened.ring_seconds,
            max_talk_seconds=opened.max_talk_seconds,
            recorder=sound,
        )


def lasts(identity: str, *, seconds: float) -> bool:
    """Return whether the passport will be good for as long as an INVITE may take to leave.

    Nothing is decided here: the edge believes no passport that it has not checked itself.
    """
    expiry = claimed_expiry(identity)
    return expiry is not None and expiry > clock.host_now() + timedelta(seconds=seconds)
