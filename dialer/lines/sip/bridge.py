"""One end of a bridge: whom a call hears, and whether it may."""

from collections.abc import Callable
from typing import Protocol

from dialer.lines.sip.media import Outgoing


class Voice(Protocol):
    """The audio of one call, as a bridge needs it."""

    @property
    def takes_keys(self) -> bool:
        """Whether the other side reads key presses in the audio stream."""

    def join(self, other: "Voice | None") -> None:
        """Pass on to the other call, and hear it; None = hear nobody."""


class BridgeEnd:
    """Belongs to one call; everything here runs on the reactor's thread."""

    def __init__(self, outgoing: Outgoing) -> None:
        """Begin with nobody on the other end."""
        self.outgoing = outgoing
        self.send_key: Callable[[str], object] = str  # by SIP INFO
        self.far: BridgeEnd | None = None
        self.voice: Voice | None = None  # once the call is answered
        self.held = False

    @property
    def joined(self) -> bool:
        """Whether the two hear each other now."""
        return self._other_voice() is not None

    def bridge(self, other: "BridgeEnd") -> None:
        """Join the two; what either hears now, a prompt or another call, it hears no more."""
        if other is self:
            return
        self.unbridge()
        other.unbridge()
        self.far, other.far = other, self
        for one in (self, other):
            one.outgoing.play(None)
        self.settle()

    def unbridge(self) -> None:
        """Part the two."""
        far, self.far = self.far, None
        if far is not None:
            far.far = None
            far.settle()
        self.settle()

    def hold(self, *, on: bool) -> None:
        """Keep this end from hearing the other, and from being heard."""
        self.held = on
        self.settle()

    def answered(self, voice: Voice) -> None:
        """Let the audio take part from now on."""
        self.voice = voice
        self.settle()

    def close(self) -> None:
        """Leave the bridge for good."""
        self.unbridge()
        self.voice = None

    def press(self, digits: str) -> None:
        """Press keys towards this call's side, in the form that it understands."""
        if self.voice is None or self.voice.takes_keys:
            self.outgoing.press(digits)
            return
        for digit in digits:
            self.send_key(digit)

    def pass_key(self, digit: str) -> None:
        """Press a key that this side has sent by SIP INFO on the other side too."""
        if self.joined and self.far is not None:
            self.far.press(digit)

    def settle(self) -> None:
        """Let the audio of both ends know."""
        other = self._other_voice()
        if self.voice is not None:
            self.voice.join(other)
        if self.far is not None and self.far.voice is not None:
            self.far.voice.join(self.voice if other is not None else None)

    def _other_voice(self) -> Voice | None:
        far = self.far
        if far is None or self.voice is None or self.held or far.held:
            return None
        return far.voice
