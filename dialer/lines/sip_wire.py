"""What a call needs from its trunk and from its audio; the trunk and pyVoIP's side provide it."""

from collections.abc import Callable
from typing import Protocol

from dialer.lines.sip_media import Outgoing
from dialer.lines.sip_packet import Packet
from dialer.lines.sip_sdp import RemoteMedia
from dialer.lines.sip_transaction import ClientTransaction


class Session(Protocol):
    """The audio of one call."""

    on_digit: Callable[[str], object]  # told the callee's key presses
    outgoing: Outgoing  # what the callee hears

    def connect(self, *, answer: Packet, media: RemoteMedia) -> None:
        """Send and receive audio as the answer says; a second time redirects it."""

    def describe(self, remote: RemoteMedia | None) -> bytes:
        """Write our own session description."""

    def close(self) -> None:
        """Stop the audio and give the port back."""


class Wire(Protocol):
    """What a call asks of its trunk."""

    def send(self, data: bytes, *, hop: str = "") -> bool:
        """Put a packet on the wire. Return False if it did not leave."""

    def request(self, transaction: ClientTransaction, *, branch: str) -> None:
        """Start a transaction and bring its answers back."""

    def authorization(self, challenge: Packet, *, method: str, uri: str) -> str | None:
        """Answer a digest challenge, or return None where it cannot be answered."""

    def is_stale(self, challenge: Packet) -> bool:
        """Say whether a challenge only asks for a fresh nonce."""

    def invite_sent(self) -> None:
        """Count one call on the wire."""

    def invite_silent(self) -> None:
        """Note that nobody answered an INVITE."""

    def call_over(self) -> None:
        """Free the call's place."""

    def call_forgotten(self, call_id: str) -> None:
        """Deliver no more packets."""
