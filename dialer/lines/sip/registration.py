"""Keep one account registered at its registrar, without ever waiting for it."""

import re
from collections.abc import Callable

from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
WANTED_SECONDS = 120
EXPIRES = re.compile(r";\s*expires\s*=\s*([0-9]{1,7})", re.IGNORECASE)
OK, TOO_BRIEF = 200, 423

SendRegister = Callable[[int, Callable[[Packet], None], Callable[[], None]], None]


class Registration:
    """Registers, refreshes in time, and tries again with longer and longer pauses."""

    def __init__(self, *, reactor: Reactor, send: SendRegister) -> None:
        self.registered = False
        self.refused_code: int | None = None
        self._reactor = reactor
        self._send = send  # (expires, on_final, on_timeout); it answers challenges itself
        self._wanted = WANTED_SECONDS
        self._pause = FIRST_PAUSE_SECONDS
        self._timer: Timer | None = None
        self._stopped = False
        self._turn = 0  # an answer to an earlier try says nothing any more

    def start(self) -> None:
        """Register now."""
        if self._stopped:
            return
        self._cancel()
        self._turn += 1
        turn = self._turn
        self._send(
            self._wanted,
            lambda packet: self._answered(packet, turn),
            lambda: self._unanswered(turn),
        )

    def lost(self) -> None:
        """Register nowhere: the registrar has no address."""
        self._turn += 1
        self._cancel()
        self.registered = False

    def stop(self, *, then: Callable[[], None]) -> None:
        """Take the registration back; go on when that is answered, or nobody answers."""
        self._stopped = True
        self._turn += 1
        self._cancel()
        if not self.registered:
            then()
            return
        self.registered = False
        self._send(0, lambda _packet: then(), then)

    def _answered(self, packet: Packet, turn: int) -> None:
        if turn != self._turn:
            return
        if packet.code == OK:
            self._registered(packet)
            return
        self.refused_code = packet.code
        if packet.code == TOO_BRIEF and packet.first("min-expires").isdecimal():
            self._wanted = max(self._wanted, min(int(packet.first("min-expires")), 86_400))
        self._failed()

    def _unanswered(self, turn: int) -> None:
        if turn == self._turn:
            self._failed()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _registered(self, packet: Packet) -> None:
        self.refused_code = None
        self._pause = FIRST_PAUSE_SECONDS
        granted = _granted_seconds(packet) or self._wanted
        self.registered = not self._stopped
        self._again(max(granted * 0.8, 1.0))

    def _failed(self) -> None:
        self.registered = False
        self._again(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _again(self, seconds: float) -> None:
        if not self._stopped:
            self._timer = self._reactor.call_later(seconds, self.start)


def _granted_seconds(packet: Packet) -> int | None:
    found = EXPIRES.search(packet.first("contact"))
    text = found.group(1) if found else packet.first("expires")
    return int(text) if text.isdecimal() and text.isascii() else None
