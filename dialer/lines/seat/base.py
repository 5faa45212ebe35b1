"""What a line to the seats' phones is asked and what it answers; it knows no telephone numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dialer.lines.base import CallHandle, CallRecorder, LineEvent
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanHeard
from dialer.lines.seat.address import seat_address

A_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRequest:
    """One phone to connect; it stays connected while its agent is at work."""

    address: str  # at the registrar; never a telephone number
    ring_seconds: int = 30
    max_talk_seconds: int = A_DAY
    silence_seconds: int = A_DAY  # a phone that is not needed may be silent
    dead_air_seconds: int | None = None
    recorder: CallRecorder | None = None
    permit_id: str = ""

    def __post_init__(self) -> None:
        seat_address(self.address)


@dataclass(frozen=True, slots=True)
class Misused:
    """The phone wanted to lead the call elsewhere, and was refused."""

    how: str  # transfer (a REFER), redirect (a 3xx), fork, carrier (it rings or answers there)


SeatEvent = LineEvent | Misused


class SeatTimer(Protocol):
    """Something that is to happen."""

    def cancel(self) -> None:
        """Let it not happen."""


class SeatLineLike(Protocol):
    """What reaches the phones of one registrar."""

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Have every leg's dialog told to `keeper`, until it is over; say so before the start."""

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End the legs that a former process left up, after the start; say so before."""

    def start(self) -> None:
        """Open it."""

    def stop(self) -> None:
        """End every leg and close it."""

    def call(self, request: SeatRequest, on_event: Callable[[SeatEvent], None]) -> CallHandle:
        """Connect a phone; events arrive on the line's own thread.

        :raises LineDownError: before anything was sent
        :raises LineFullError: before anything was sent
        """

    def soon(self, action: Callable[[], object]) -> None:
        """Do it on the line's own thread."""

    def after(self, seconds: float, action: Callable[[], object]) -> SeatTimer:
        """Do it there later; only from that thread."""
