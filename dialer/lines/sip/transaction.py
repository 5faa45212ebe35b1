"""Send one request until it is answered, as RFC 3261 17.1 paces it."""

from collections.abc import Callable

from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

T1 = 0.5  # seconds, RFC 3261 17.1.1.1: estimate of the round trip
T2 = 4.0  # seconds, RFC 3261 17.1.2.2: longest pause between two sendings
GIVE_UP_SECONDS = 8.0  # in place of timers B and F (64*T1 = 32 s): fail fast, after 5 sendings
LINGER_SECONDS = 32.0  # timer D: how long late answers are still taken care of
FINAL = 200


class ClientTransaction:
    """One request on its way. `on_response` gets every answer; `on_timeout` means silence."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        send: Callable[[], object],
        method: str,
        on_response: Callable[[Packet], None],
        on_timeout: Callable[[], None],
        give_up_seconds: float = GIVE_UP_SECONDS,
    ) -> None:
        self.method = method
        self._reactor = reactor
        self._send = send
        self._on_response = on_response
        self._on_timeout = on_timeout
        self._give_up_seconds = give_up_seconds
        self._pause = T1
        self._on_done: Callable[[], object] | None = None
        self._resend: Timer | None = None
        self._give_up: Timer | None = None

    def start(self, *, on_done: Callable[[], object]) -> None:
        """Send it, and again and again (timers A and E); `on_done` when no answer is awaited."""
        self.resend_later(on_done=on_done)
        self._send()

    def resend_later(self, *, on_done: Callable[[], object]) -> None:
        """Begin with the first repetition: somebody else has sent it once."""
        self._on_done = on_done
        self._give_up = self._reactor.call_later(self._give_up_seconds, self._silent)
        self._resend = self._reactor.call_later(self._pause, self._again)

    def receive(self, packet: Packet) -> None:
        """Take an answer."""
        final = packet.code is not None and packet.code >= FINAL
        if final:
            self.close()
        elif self.method == "INVITE":
            self.stop_sending()
            self._stop_waiting()
        self._on_response(packet)

    def stop_sending(self) -> None:
        """Send no more, but go on waiting."""
        if self._resend is not None:
            self._resend.cancel()

    def close(self) -> None:
        """Neither send nor wait any more."""
        self.stop_sending()
        self._stop_waiting()
        done, self._on_done = self._on_done, None
        if done is not None:
            done()

    def _again(self) -> None:
        self._pause *= 2
        if self.method != "INVITE":
            self._pause = min(self._pause, T2)
        self._resend = self._reactor.call_later(self._pause, self._again)
        self._send()

    def _silent(self) -> None:
        self.close()
        self._on_timeout()

    def _stop_waiting(self) -> None:
        if self._give_up is not None:
            self._give_up.cancel()
