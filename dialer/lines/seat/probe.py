"""Asks each connected phone now and then whether it is still there; one that is gone is let go."""

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from dialer.lines.sip.call import Leg
from dialer.lines.sip.dialog import new_branch
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.story import State
from dialer.lines.sip.timers import Timer
from dialer.lines.sip.transaction import ClientTransaction
from dialer.lines.sip.wire import Wire

EVERY_SECONDS = 15.0
GONE = frozenset({408, 481})  # RFC 3261 12.2.1.2: the dialog is no more


class ProbedWire(Wire, Protocol):
    """The wire whose legs are asked."""

    def connected(self) -> Iterable[Leg]:
        """Return the legs that may be asked."""


class SeatProbe:
    """Sends OPTIONS inside every answered dialog, spread over the whole interval."""

    def __init__(self, *, wire: ProbedWire, reactor: Reactor) -> None:
        """Ask nothing until the start."""
        self._wire = wire
        self._reactor = reactor
        self._timer: Timer | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin, on the reactor's thread."""
        self._round()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _round(self) -> None:
        if self._stopped:
            return
        self._timer = self._reactor.call_later(EVERY_SECONDS, self._round)
        legs = list(self._wire.connected())
        for place, leg in enumerate(legs):
            pause = EVERY_SECONDS * place / len(legs)
            self._reactor.call_later(pause, partial(self._ask, leg))

    def _ask(self, leg: Leg) -> None:
        if self._stopped or leg.state is not State.ANSWERED:
            return
        branch = new_branch()
        data = leg.dialog.next_request("OPTIONS", branch=branch)

        def answered(packet: Packet) -> None:
            if packet.code in GONE:
                leg.lose()

        transaction = ClientTransaction(
            reactor=self._reactor,
            send=lambda: self._wire.send(data, hop=leg.dialog.next_hop),
            method="OPTIONS",
            on_response=answered,
            on_timeout=partial(_lose, leg),
        )
        self._wire.request(transaction, branch=branch)


def _lose(leg: Leg) -> None:
    if leg.state is State.ANSWERED:
        leg.lose()
