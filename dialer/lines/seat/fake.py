"""Phones of seats without sockets: each answers at once, and a test says what it does then."""

from collections.abc import Callable, Sequence
from typing import cast

from dialer.lines.base import Answered, CallRequest, LineEvent
from dialer.lines.fake import FakeCall
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanHeard
from dialer.lines.seat.base import SeatEvent, SeatRequest


class FakeTimer:
    """Something that happens when a test says so."""

    def __init__(self, *, seconds: float, action: Callable[[], object]) -> None:
        self.seconds = seconds
        self._action: Callable[[], object] | None = action

    def cancel(self) -> None:
        """Let it not happen."""
        self._action = None

    def fire(self) -> None:
        """Let it happen, unless it was cancelled or has happened."""
        action, self._action = self._action, None
        if action is not None:
            action()


class FakeSeatLine:
    """A registrar whose phones are all there; `answers` may be switched off."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.phones: dict[str, FakeCall] = {}
        self.requests: list[SeatRequest] = []
        self.timers: list[FakeTimer] = []

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Keep nothing: no fake leg outlives its process."""

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End nothing: no fake leg was left."""

    def start(self) -> None:
        """Open it: there is nothing to open."""

    def stop(self) -> None:
        """End every leg."""
        for phone in self.phones.values():
            phone.lose()

    def call(self, request: SeatRequest, on_event: Callable[[SeatEvent], None]) -> FakeCall:
        """Connect the phone, which answers in the next turn."""
        self.requests.append(request)
        phone = FakeCall(
            call_id=f"seat-{len(self.requests)}",
            request=cast("CallRequest", request),
            events=[Answered()] if self.answers else [],
            on_event=cast("Callable[[LineEvent], None]", on_event),
        )
        self.phones[request.address] = phone
        return phone

    def soon(self, action: Callable[[], object]) -> None:
        """Do it at once, and let phones that were called answer."""
        action()
        for phone in self.phones.values():
            phone.step()

    def after(self, seconds: float, action: Callable[[], object]) -> FakeTimer:
        """Remember it."""
        self.timers.append(FakeTimer(seconds=seconds, action=action))
        return self.timers[-1]
