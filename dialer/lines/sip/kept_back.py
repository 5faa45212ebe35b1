"""The end of a call whose INVITE the edge has kept back, or which could not be written down."""

from dialer.lines.base import Outcome
from dialer.lines.sip.call import Leg
from dialer.lines.sip.edge import Why
from dialer.lines.sip.legs import Legs
from dialer.lines.sip.reactor import Reactor

FORBIDDEN = 403


def kept_back(legs: Legs, reactor: Reactor, call_id: str, why: Why) -> None:
    """End the call when whoever wants to send its INVITE has returned."""
    leg = legs.named(call_id)
    if leg is not None:
        reactor.call_soon(lambda: _end(leg, why))


def not_written(legs: Legs, reactor: Reactor, call_id: str) -> None:
    """End the call likewise: once the disk has room again, nobody waits for its INVITE."""
    leg = legs.named(call_id)
    if leg is not None:
        reactor.call_soon(lambda: leg.stay("The INVITE could not be written down"))


def _end(leg: Leg, why: Why) -> None:
    """End the call as a carrier's 403 would; if it is on the wire already, hang it up."""
    if leg.story.on_wire:
        leg.hangup(outcome=Outcome.FORBIDDEN, by="line")
        return
    leg.story.why(sip_code=FORBIDDEN, reason=f"Kept back at the edge: {why}")
    leg.lose(outcome=Outcome.FORBIDDEN)
