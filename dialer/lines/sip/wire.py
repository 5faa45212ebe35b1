"""What a call needs from its trunk and from its audio; the trunk and pyVoIP's side provide it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dialer.lines.base import CallRequest, Outcome, RefusedKind
from dialer.lines.sip.bridge import BridgeEnd
from dialer.lines.sip.dialog import Dialog
from dialer.lines.sip.media import Outgoing
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.ports import RtpPorts
from dialer.lines.sip.sdp import RemoteMedia
from dialer.lines.sip.transaction import ClientTransaction


class Session(Protocol):
    """The audio of one call."""

    on_digit: Callable[[str], object]  # told the callee's key presses
    outgoing: Outgoing  # what the callee hears
    ends: BridgeEnd

    @property
    def heard_packets(self) -> int:
        """How many packets of the other side came so far."""

    def connect(self, *, answer: Packet, media: RemoteMedia) -> None:
        """Send and receive audio as the answer says; a second time redirects it."""

    def answered_now(self) -> None:
        """Record, and let others hear it, from now on."""

    def describe(self, remote: RemoteMedia | None) -> bytes:
        """Write our own session description."""

    def close(self) -> None:
        """Stop the audio and give the port back."""


class Wire(Protocol):
    """What a call asks of its trunk."""

    def send(self, data: bytes, *, hop: str = "", peer: tuple[str, int] | None = None) -> bool:
        """Put a packet on the wire, to the carrier's address `peer` or the one in use now.

        Return False if it did not leave.
        """

    def request(self, transaction: ClientTransaction, *, branch: str) -> None:
        """Start a transaction and bring its answers back."""

    def authorization(self, challenge: Packet, *, method: str, uri: str) -> str | None:
        """Answer a digest challenge, or return None where it cannot be answered."""

    def is_stale(self, challenge: Packet) -> bool:
        """Say whether a challenge only asks for a fresh nonce."""

    def invite_sent(self) -> None:
        """Count one call on the wire."""

    def invite_silent(self, peer: tuple[str, int] | None) -> None:
        """Note that nobody answered an INVITE at that address."""

    def call_over(self, outcome: Outcome) -> None:
        """Free the call's place, and note how it ended."""

    def refused(self, kind: RefusedKind, packet: Packet) -> None:
        """Tell what the carrier asked for and did not get."""

    def call_forgotten(self, call_id: str) -> None:
        """Deliver no more packets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call that is ready to be sent."""

    dialog: Dialog
    invite: bytes
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A call that has its port and its name; the rest is written on the reactor's thread."""

    call_id: str
    write: Callable[[], Placed]
    drop: Callable[[], object]  # instead of `write`: give the port back


class Phone(Protocol):
    """What writes the trunk's messages and carries its audio."""

    ports: RtpPorts

    def place(self, request: CallRequest) -> Place:
        """Set an RTP port aside, on whatever thread; `write` writes the INVITE on the reactor's.

        :raises LineFullError: if there is no port
        """

    def register_request(self, *, branch: str, expires: int, authorization: str) -> bytes:
        """Write a REGISTER."""
