"""The two legs of one call: joined in the turn of the answer, parted when either of them ends.

Everything here runs on the line's own thread, where nothing waits for a database.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from dialer.line_process.first_sound import FirstSound
from dialer.lines.base import (
    LEAST_RING_SECONDS,
    Answered,
    CallHandle,
    CallRecorder,
    Ended,
    EndedBy,
    LineEvent,
    Outcome,
    Progress,
)
from dialer.lines.seat.base import SeatTimer

JOIN_SECONDS = 2.0  # CN13-DIA-05, CN13-DIA-08: from the answer to the agent's voice


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Somebody answered and has heard no agent in time: the call is abandoned."""


CallEvent = LineEvent | NobodyThere


class SeatSide(Protocol):
    """The seat's phone, as a call sees it."""

    @property
    def handle(self) -> CallHandle | None:
        """The connection to the phone, while it is up."""

    def take(self, call: "BothLegs") -> None:
        """Let the call hear what becomes of the phone."""

    def let_go(self, call: "BothLegs") -> None:
        """Let it hear no more."""

    def soon(self, action: Callable[[], object]) -> None:
        """Do it on the line's thread."""

    def after(self, seconds: float, action: Callable[[], object]) -> SeatTimer:
        """Do it there later."""


class BothLegs:
    """One call to a callee, and the phone of the seat that it is for."""

    def __init__(
        self,
        *,
        seat: SeatSide,
        tell: Callable[[CallEvent], object],
        recorder: CallRecorder | None = None,
        machine: bool = False,
    ) -> None:
        """Pass what happens on to `tell`; nothing is joined before the callee answers.

        Where a machine speaks, nothing is joined before somebody asks for a person.
        """
        self._machine = machine
        self.sound = FirstSound(recorder)
        self.bridged_after_ms: int | None = None
        self._seat = seat
        self._tell = tell
        self._callee: CallHandle | None = None
        self._began_at = time.monotonic()
        self._rang_at: float | None = None
        self._answered_at: float | None = None
        self._bridged = self._abandoned = self._over = self._brought = False
        self._ended_by: EndedBy | None = None
        self._timers: list[SeatTimer] = []

    # Asked from any thread

    def begin(self, callee: CallHandle) -> None:
        """Go on with the call that was placed."""
        self._seat.soon(lambda: self._begin(callee))

    def bring(self) -> CallHandle | None:
        """Put the agent on in place of the machine; return the phone, if it is connected."""
        self._seat.soon(self._bring)
        return self._seat.handle

    def hang_up(self, *, by: EndedBy) -> None:
        """End the call as the agent wishes, a ringing one when it has rung long enough."""
        self._seat.soon(lambda: self._hang_up(by))

    def hold(self, on: bool) -> None:  # noqa: FBT001 - the name says it
        """Let the callee wait, or go on."""
        self._seat.soon(lambda: self.seat_held(on))

    def press(self, digits: str) -> None:
        """Press keys towards the callee; those of the phone itself go the way of its voice."""
        self._seat.soon(lambda: self._press(digits))

    # What the callee's leg tells

    def heard(self, event: LineEvent) -> None:
        """Take an event of the callee's leg."""
        match event:
            case Progress():
                self._rang_at = self._rang_at or time.monotonic()
            case Answered():
                self._answered()
            case Ended():
                self._end(event)
                return
        self._tell(event)

    # What the seat's leg tells

    def seat_came(self) -> None:
        """Go on: the phone is connected, perhaps again."""
        self._join()

    def seat_left(self, *, by: EndedBy) -> None:
        """Take it that the phone has hung up, or is gone."""
        joined, self._bridged = self._bridged, False
        if self._machine:
            return  # it goes on speaking; who asks for a person then hears that nobody is there
        if self._answered_at is None:
            self._hang_up(by, unless_back=True)
        elif self.sound.after_ms is not None or (joined and self._brought):
            self._hang_up(by)

    def seat_held(self, on: bool) -> None:  # noqa: FBT001 - the name says it
        """Let the callee wait, or go on, as the agent does."""
        if self._callee is not None and self._answered_at is not None and not self._abandoned:
            self._callee.hold(on)

    # Together

    def _begin(self, callee: CallHandle) -> None:
        self._callee = callee
        if not self._over:
            self._seat.take(self)
            self._join()

    def _answered(self) -> None:
        self._answered_at = time.monotonic()
        if self._machine:
            return
        self._after(JOIN_SECONDS, self._look_for_agent)
        self._join()

    def _join(self) -> None:
        callee, seat = self._callee, self._seat.handle
        open_call = self._answered_at is not None and not (self._abandoned or self._over)
        open_call = open_call and not self._machine
        if callee is None or seat is None or self._bridged or not open_call:
            return
        callee.bridge(seat)
        self._bridged = True
        self.sound.begin()
        if self.bridged_after_ms is None and self._answered_at is not None:
            self.bridged_after_ms = round((time.monotonic() - self._answered_at) * 1000)

    def _bring(self) -> None:
        self._machine, self._brought = False, True
        self._join()

    def _look_for_agent(self) -> None:
        """Give the call up if its two seconds are over and no agent was heard."""
        if self._over or self._ended_by is not None or self.sound.after_ms is not None:
            return
        self._abandoned, self._bridged = True, False
        if self._callee is not None:
            self._callee.unbridge()
        self._seat.let_go(self)
        self._tell(NobodyThere())

    def _hang_up(self, by: EndedBy, *, unless_back: bool = False) -> None:
        if self._answered_at is not None:
            self._end_by(by)
            return
        rung = time.monotonic() - (self._rang_at or self._began_at)
        self._after(max(0.0, LEAST_RING_SECONDS - rung), lambda: self._rung(by, unless_back))

    def _rung(self, by: EndedBy, unless_back: bool) -> None:  # noqa: FBT001 - of our own
        """Stop the ringing, unless somebody answered or the agent's phone is back."""
        if self._answered_at is None and not (unless_back and self._seat.handle is not None):
            self._end_by(by)

    def _end_by(self, by: EndedBy) -> None:
        if self._callee is not None and not self._over:
            self._ended_by = self._ended_by or by
            self._callee.hangup()

    def _press(self, digits: str) -> None:
        if self._callee is not None and self._bridged:
            self._callee.send_digits(digits)

    def _end(self, event: Ended) -> None:
        self._over = True
        for timer in self._timers:
            timer.cancel()
        self._seat.let_go(self)
        result = event.result
        if self._ended_by is not None and result.ended_by == "us":
            result = replace(result, ended_by=self._ended_by)
        if self._abandoned and result.outcome is Outcome.ANSWERED:
            result = replace(result, outcome=Outcome.ABANDONED)
        self._tell(Ended(result))

    def _after(self, seconds: float, action: Callable[[], object]) -> None:
        self._timers.append(self._seat.after(seconds, action))
