"""A trunk as a `Line`: what the rest of the program holds."""

from collections.abc import Callable
from pathlib import Path

from dialer.lines.base import CallRequest, Capacity, LineEvent, NoteInvite
from dialer.lines.sip_call import Leg
from dialer.lines.sip_config import TrunkConfig
from dialer.lines.sip_media import KEYS, prompt_frames
from dialer.lines.sip_reactor import Reactor
from dialer.lines.sip_trunk import Phone, Trunk


class SipHandle:
    """A call that was placed; safe to use from any thread."""

    def __init__(self, *, leg: Leg, reactor: Reactor) -> None:
        self.call_id = leg.dialog.call_id
        self._leg = leg
        self._reactor = reactor

    def wait_sent(self, *, timeout_seconds: float) -> bool:
        """Wait until the INVITE has left. Return False if it has not, or never will."""
        self._leg.story.settled.wait(timeout_seconds)
        return self._leg.story.on_wire

    def hangup(self) -> None:
        """End the call: CANCEL while it rings, BYE when it is answered."""
        self._reactor.call_soon(self._leg.hangup)

    def send_digits(self, digits: str) -> None:
        """Press keys towards the callee."""
        if set(digits) - set(KEYS):
            raise ValueError(f"digits: write only {KEYS}.")
        self._reactor.call_soon(lambda: self._leg.session.outgoing.press(digits))

    def play(self, path: str | None) -> None:
        """Play an 8 kHz mono 16-bit WAV file to the callee; None goes back to silence."""
        frames = () if path is None else prompt_frames(Path(path))
        self._reactor.call_soon(lambda: self._leg.session.outgoing.play(frames))


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

    def note_invites(self, note: NoteInvite) -> None:
        """Have every call's INVITE told to `note` before it leaves."""
        self.trunk.leaving.note = note

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

    def originate(self, request: CallRequest, on_event: Callable[[LineEvent], None]) -> SipHandle:
        """Place one call without blocking; events arrive on the reactor's thread."""
        return SipHandle(leg=self.trunk.place(request, on_event), reactor=self.reactor)
