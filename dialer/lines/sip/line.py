"""A trunk as a `Line`: what the rest of the program holds."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from dialer.lines.base import (
    CallHandle,
    CallRequest,
    Capacity,
    LineEvent,
    NoteAlarm,
    NoteInvite,
    NoteRefused,
    Room,
)
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanHeard
from dialer.lines.sip.booking import TOO_LATE, Booking
from dialer.lines.sip.call import Leg
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.media import KEYS
from dialer.lines.sip.prompt import prompt_of
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.room import TrunkRoom
from dialer.lines.sip.trunk import Trunk
from dialer.lines.sip.wire import Phone


class SipHandle:
    """A call that was placed; safe to use from any thread."""

    def __init__(self, *, booking: Booking, reactor: Reactor) -> None:
        self.call_id = booking.call_id
        self.booking = booking
        self.reactor = reactor

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        """Wait until the INVITE has left. Return False if it has not, or never will."""
        self.booking.story.settled.wait(timeout_seconds)
        return self.booking.story.on_wire

    def withhold(self) -> bool:
        """Have the INVITE never leave, unless it has. Return whether it has."""
        left = self.booking.story.withhold()
        if not left:
            self._soon(lambda leg: leg.stay(TOO_LATE))
        return left

    def hangup(self) -> None:
        """End the call: CANCEL while it rings, BYE when it is answered."""
        self._soon(lambda leg: leg.hangup())

    def send_digits(self, digits: str) -> None:
        """Press keys towards the callee."""
        if set(digits) - set(KEYS):
            raise ValueError(f"digits: write only {KEYS}.")
        self._soon(lambda leg: leg.session.ends.press(digits))

    def play(self, path: str | None, *, then: Callable[[], object] | None = None) -> None:
        """Play an 8 kHz mono 16-bit WAV file to the callee; None goes back to silence."""
        prompt = None if path is None else prompt_of(Path(path))
        self._soon(lambda leg: leg.talk.play(prompt, then))

    def bridge(self, other: CallHandle) -> None:
        """Let two calls of this line process hear each other.

        :raises ValueError: if the other call is on another reactor
        """
        if not isinstance(other, SipHandle) or other.reactor is not self.reactor:
            raise ValueError("bridge: both calls must be of lines that share a reactor.")

        def join(ours: Leg) -> None:
            other.booking.do(lambda theirs: ours.session.ends.bridge(theirs.session.ends))

        self._soon(join)

    def unbridge(self) -> None:
        """Let the two hear each other no more."""
        self._soon(lambda leg: leg.session.ends.unbridge())

    def hold(self, on: bool) -> None:  # noqa: FBT001 - the protocol's
        """Keep this call from hearing the one it is bridged with, and from being heard."""
        self._soon(lambda leg: leg.session.ends.hold(on=on))

    def _soon(self, action: Callable[[Leg], object]) -> None:
        """Do it on the reactor's thread, where the call is put together by then."""
        self.reactor.call_soon(lambda: self.booking.do(action))


class TrunkLine:
    """One trunk with its life cycle; `phone` writes its messages and carries its audio."""

    shares_reactor = False

    def __init__(
        self,
        config: TrunkConfig,
        *,
        phone: Callable[[Trunk, str, int], Phone],
        reactor: Reactor,
    ) -> None:
        self.reactor = reactor
        self.trunk = Trunk(config, reactor=reactor)
        self._phone = phone
        self._stopped = False

    def note_invites(
        self, note: NoteInvite, *, spent: Iterable[tuple[str, datetime]] = ()
    ) -> None:
        """Have every call's INVITE told to `note` before it leaves."""
        self.trunk.leaving.note = note
        self.trunk.leaving.edge.remember(spent)

    def note_refused(self, note: NoteRefused) -> None:
        """Have transfers, redirects, forks and calls to us told."""
        self.trunk.note_refused = note

    def note_alarms(self, note: NoteAlarm) -> None:
        """Have it told when the line pauses itself."""
        self.trunk.note_alarm = note

    def pause(self) -> None:
        """Take no new call until `resume`; calls that are up go on."""
        self.trunk.state.turned_away.pause()

    def resume(self) -> None:
        """Take calls again."""
        self.trunk.state.turned_away.resume()

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Have every call's dialog told to `keeper`, until it is over; say so before the start."""
        self.trunk.dialogs.keeper = keeper

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End the calls of a former process after the start; say so before."""
        self.trunk.orphans.take(orphans, on_end)

    def start(self) -> None:
        """Open the line."""
        self.trunk.open(lambda host, port: self._phone(self.trunk, host, port))
        if not self.shares_reactor:
            self.reactor.start()

    def drain(self, *, timeout_seconds: float) -> None:
        """Refuse new calls and wait until the live ones have ended, or the time is over."""
        self.trunk.refuse_calls()
        self.trunk.wait_empty(timeout_seconds=timeout_seconds)

    def stop(self) -> None:
        """End every call and close the line; it cannot be opened again."""
        if self._stopped:
            return
        self._stopped = True
        self.trunk.close()
        if not self.shares_reactor:
            self.reactor.stop()

    def capacity(self) -> Capacity:
        """Say what the line can carry now."""
        return self.trunk.capacity()

    def reserve(self) -> TrunkRoom:
        """Keep room for one call, before its permit is spent; whoever asks gives it back."""
        return self.trunk.reserve()

    def originate(
        self,
        request: CallRequest,
        on_event: Callable[[LineEvent], None],
        *,
        room: Room | None = None,
    ) -> SipHandle:
        """Place one call without blocking; events arrive on the reactor's thread.

        :raises TypeError: if the room is one of another kind of line
        """
        if room is not None and not isinstance(room, TrunkRoom):
            raise TypeError("room: give what this line's reserve() returned.")
        booking = self.trunk.place(request, on_event, room=room)
        return SipHandle(booking=booking, reactor=self.reactor)
