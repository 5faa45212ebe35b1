"""What may leave by the socket to the seats' registrar: no INVITE but those to seats' phones."""

import logging
from collections.abc import Callable

from dialer.lines.seat.address import SeatAddressError, seat_address
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.leaving import HARMLESS, Leaving
from dialer.lines.sip.packet import BadPacketError, Packet, address_of, read_packet

logger = logging.getLogger(__name__)

# What a call to a carrier has; here it would be a way around the permit.
NEVER = (
    *("p-asserted-identity", "identity", "route", "replaces", "join", "refer-to"),
    *("p-preferred-identity", "remote-party-id", "diversion"),
)


class SeatLeaving(Leaving):
    """Looks at the bytes themselves, just before they leave; there are no permits here."""

    def __init__(self, config: TrunkConfig, *, knows: Callable[[str], bool]) -> None:
        """Guard the line to a registrar; `knows` the Call-IDs of its legs."""
        super().__init__(config, permit_of=str)
        self._authority = config.authority
        self._knows = knows

    def let(self, data: bytes) -> bytes | None:
        """Return the packet if it may go on the wire, or None: it stays."""
        start = data.lstrip(b"\r\n")
        if start.startswith(HARMLESS) or not start:
            return data
        try:
            self._check(read_packet(start))
        except (BadPacketError, SeatAddressError) as error:
            logger.error("A packet stays: it is for no seat's phone (%s).", error)  # noqa: TRY400
            return None
        return start

    def heard(self, packet: Packet) -> None:
        """Take nothing from the registrar: it opens no way to anybody."""

    def _check(self, packet: Packet) -> None:
        if packet.method != "INVITE" or not self._knows(packet.call_id):
            raise SeatAddressError("It is no call of ours to a phone.")
        if packet.to_tag:  # inside the dialog that it has opened
            return
        user = packet.uri.removeprefix("sip:").partition("@")[0]
        if packet.uri != f"sip:{seat_address(user)}@{self._authority}":
            raise SeatAddressError("It names another place than the registrar.")
        if address_of(packet.first("to")) != packet.uri:
            raise SeatAddressError("Its To names somebody else.")
        if any(packet.headers.get(name) for name in NEVER):
            raise SeatAddressError("It looks like a call to a carrier.")
