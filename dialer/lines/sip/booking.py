"""A call that was asked for: known by its name at once, put together on the reactor's thread.

Where it is asked for, a thread has slept since the last one, and begins with memory that others
have used meanwhile; the reactor's puts several together in one turn.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.lines.base import CallRequest, Ended, LineEvent, LineFullError, Outcome
from dialer.lines.sip.call import Leg
from dialer.lines.sip.story import Story
from dialer.lines.sip.wire import Place

logger = logging.getLogger(__name__)
TOO_LATE = "Could not leave in time"


@dataclass(kw_only=True)
class Booking:
    """One call, from any thread's side."""

    request: CallRequest
    place: Place
    on_event: Callable[[LineEvent], None]
    story: Story = field(default_factory=Story)
    leg: Leg | None = None  # once it is put together

    @property
    def call_id(self) -> str:
        """Name the call."""
        return self.place.call_id

    def begin(
        self, make: Callable[["Booking"], Leg], *, failed: Callable[[], object]
    ) -> Leg | None:
        """Put it together; a call of which that is impossible ends as one that never left."""
        try:
            self.leg = make(self)
        except LineFullError as full:
            self._fail(Outcome.LINE_DOWN, str(full), failed)
        except Exception:
            logger.exception("Call %s could not be put together.", self.call_id)
            self._fail(Outcome.FAILED, "A fault of the line", failed)
        return self.leg

    def stay(self, reason: str, *, gone: Callable[[], object]) -> None:
        """End it before it is put together; its port goes to another call."""
        self.story.withhold()
        self.place.drop()
        self._fail(Outcome.LINE_DOWN, reason, gone)

    def do(self, action: Callable[[Leg], object]) -> None:
        """Do something with it, if it could be put together."""
        if self.leg is not None:
            action(self.leg)

    def _fail(self, outcome: Outcome, reason: str, failed: Callable[[], object]) -> None:
        failed()
        self.story.why(sip_code=None, reason=reason)
        self.story.ended(by="line")
        self.on_event(Ended(self.story.result(outcome=outcome, call_id=self.call_id)))
