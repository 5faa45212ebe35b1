"""The calls of one trunk by Call-ID, live and just ended, and the hosts that they went to."""

from collections import Counter

from dialer.lines.base import RefusedKind, RefusedRequest
from dialer.lines.sip.call import Leg
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.story import State


class Legs:
    """Runs on the reactor's thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_id: dict[str, Leg] = {}
        self._hosts: Counter[str] = Counter()

    def add(self, leg: Leg) -> None:
        """Take in a call that is about to begin."""
        if leg.dialog.peer is not None:
            self._hosts[leg.dialog.peer[0]] += 1
        self._by_id[leg.dialog.call_id] = leg

    def forget(self, call_id: str) -> None:
        """Deliver no more packets to it."""
        leg = self._by_id.pop(call_id, None)
        if leg is not None and leg.dialog.peer is not None:
            self._hosts[leg.dialog.peer[0]] -= 1

    def all(self) -> list[Leg]:
        """Return them, to be gone through while they end."""
        return list(self._by_id.values())

    def by_id(self, call_id: str) -> Leg | None:
        """Return the call of that name."""
        return self._by_id.get(call_id)

    def went_to(self, host: str) -> bool:
        """Say whether a call went to the host, whatever its trunk's name says by now."""
        return self._hosts[host] > 0

    def of_answer(self, packet: Packet) -> Leg | None:
        """Return the call whose INVITE is answered."""
        leg = self._by_id.get(packet.call_id)
        ours = leg is not None and packet.from_tag == leg.dialog.from_tag
        return leg if ours and packet.method == "INVITE" else None

    def of_request(self, packet: Packet) -> Leg | None:
        """Return the call whose dialog the carrier's request names."""
        leg = self._by_id.get(packet.call_id)
        if leg is None or not packet.to_tag:
            return None
        tags = (leg.dialog.from_tag, leg.dialog.remote_tag)
        return leg if (packet.to_tag, packet.from_tag) == tags else None

    def named(self, call_id: str) -> Leg | None:
        """Return the call with that Call-ID."""
        return self._by_id.get(call_id)

    def is_over(self, call_id: str) -> bool:
        """Say whether a call has ended, or is known no more."""
        leg = self._by_id.get(call_id)
        return leg is None or leg.state is State.OVER

    def permit_of(self, call_id: str) -> str:
        """Name the permit of a call, or nothing."""
        leg = self._by_id.get(call_id)
        return leg.request.permit_id if leg is not None else ""

    def refused_request(self, kind: RefusedKind, packet: Packet) -> RefusedRequest:
        """Say what the carrier asked for and did not get."""
        return RefusedRequest(
            kind=kind,
            permit_id=self.permit_of(packet.call_id),
            call_id=packet.call_id,
            asked=packet.contact if packet.code else packet.first("refer-to") or packet.uri,
        )

    def reached_at(self, contact: str) -> None:
        """Have the calls that are up name another host and port as theirs from now on."""
        for leg in self._by_id.values():
            user = leg.dialog.contact.rpartition("@")[0]
            leg.dialog.contact = f"{user}@{contact}" if user else f"sip:{contact}"
