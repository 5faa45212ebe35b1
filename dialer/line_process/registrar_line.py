"""Open the line to the seats' phones at a registrar, as the database says it is reached."""

from compliance.models import Seat
from dialer.lines.seat.line import SeatLine
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.reactor import Reactor
from dialer.models import SeatRegistrar, TrunkEndpoint
from dialer.services.seat_registrar_set import password_of

SPARE_PLACES = 50  # for phones that are being called again while their last call ends
NEVER = 1_000_000  # a phone that is not registered says nothing of the others


def registrar_line(registrar: SeatRegistrar, *, reactor: Reactor) -> SeatLine:
    """Return what reaches the phones at the registrar, on the trunk's own thread."""
    config = TrunkConfig(
        code=f"seats-{registrar.code}",
        host=registrar.host,
        port=registrar.port,
        local_host=registrar.local_host,
        username=registrar.username or None,
        password=password_of(registrar),
        max_calls=Seat.objects.count() + SPARE_PLACES,
        most_turned_away=NEVER,
        rtp_ports=(registrar.rtp_port_low, registrar.rtp_port_high),
    )
    endpoints = TrunkEndpoint.objects.all()
    carriers = {(each.host, each.port) for each in endpoints}
    edges = {(each.edge_host, each.edge_port) for each in endpoints if each.edge_host}
    return SeatLine(config, reactor=reactor, carriers=carriers | edges)
