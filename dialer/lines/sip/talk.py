"""What happens inside a call: its audio, its keys, its prompts and holds, and the guards."""

from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.base import CallRequest, Digit, Held, LineEvent, PromptEnded
from dialer.lines.sip.declined import answering
from dialer.lines.sip.keys import KeySender
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.prompt import Prompt
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sdp import RemoteMedia, read_sdp
from dialer.lines.sip.timers import Timer
from dialer.lines.sip.wire import Session

LOOK_SECONDS = 0.5  # between two looks at who is heard


@dataclass(kw_only=True)
class Talk:
    """Everything here runs on the reactor's thread."""

    request: CallRequest
    reactor: Reactor
    session: Session
    keys: KeySender
    tell: Callable[[LineEvent], None]
    end: Callable[[str], None]  # ends the call, for a reason
    _held: bool = False
    _expects_audio: bool = False
    _heard: int = 0
    _hearing_nobody: float = 0.0  # seconds
    _heard_by_nobody: float = 0.0
    _look: Timer | None = None
    _over: bool = False

    def __post_init__(self) -> None:
        """Have keys told, and sent by INFO where they must."""
        self.session.on_digit = self.digit
        self.session.ends.send_key = self.keys.press

    def early(self, packet: Packet) -> None:
        """Take audio before the answer: it is neither recorded nor passed on to anybody."""
        media = read_sdp(packet.body) if packet.body else None
        if media is not None:
            self.session.connect(answer=packet, media=media)

    def begin(self, packet: Packet, media: RemoteMedia) -> None:
        """Take the answer."""
        self.session.connect(answer=packet, media=media)
        self.session.answered_now()
        self._expects_audio = media.promises_audio
        self._look = self.reactor.call_later(LOOK_SECONDS, self._guard)

    def offered(self, packet: Packet, *, answered: bool) -> bytes:
        """Take a new offer inside the call and return our answer to it."""
        media = read_sdp(packet.body)
        if media is not None and answered:
            self.session.connect(answer=packet, media=media)
            self.note_hold(media)
        return answering(packet.body, ours=self.session.describe(media))

    def offer_answered(self, packet: Packet) -> None:
        """Take the answer to an offer of ours that they asked for, which their ACK brings."""
        media = read_sdp(packet.body)
        if media is not None and not self._over:
            self.session.connect(answer=packet, media=media)
            self.note_hold(media)

    def note_hold(self, media: RemoteMedia) -> None:
        """Tell that the other side put us on hold, or took us back."""
        self._expects_audio = media.promises_audio
        self._hearing_nobody = 0.0
        if media.holds != self._held:
            self._held = media.holds
            self.tell(Held(on=media.holds))

    def digit(self, digit: str) -> None:
        """Report a key that the other side pressed."""
        if not self._over:
            self.tell(Digit(digit))

    def informed(self, digit: str) -> None:
        """Take a key that came by SIP INFO."""
        self.digit(digit)
        self.session.ends.pass_key(digit)

    def play(self, prompt: Prompt | None, then: Callable[[], object] | None) -> None:
        """Play a prompt, or stop it."""

        def done() -> None:
            self.tell(PromptEnded())
            if then is not None:
                then()

        self.session.outgoing.play(prompt, done=done)

    def close(self) -> None:
        """Watch no more and stop the audio."""
        self._over = True
        self.keys.close()
        if self._look is not None:
            self._look.cancel()
        self.session.close()

    def _guard(self) -> None:
        """Look for a call in which nobody is heard any more."""
        self._look = self.reactor.call_later(LOOK_SECONDS, self._guard)
        heard, self._heard = self._heard, self.session.heard_packets
        quiet = heard == self._heard and self._expects_audio
        self._hearing_nobody = self._hearing_nobody + LOOK_SECONDS if quiet else 0.0
        speaks = self.session.outgoing.speaking or self.session.ends.joined
        self._heard_by_nobody = 0.0 if speaks else self._heard_by_nobody + LOOK_SECONDS
        if self._hearing_nobody >= self.request.silence_seconds:
            self.end(f"No audio from the other side for {self.request.silence_seconds} s")
        elif self._heard_by_nobody >= (self.request.dead_air_seconds or float("inf")):
            self.end(f"Nobody spoke to the callee for {self.request.dead_air_seconds} s")
