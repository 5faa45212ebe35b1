"""The requests that a trunk sends for itself: OPTIONS and REGISTER."""

import secrets
from collections.abc import Callable
from typing import Protocol

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dialog import message, new_branch
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.transaction import FINAL, ClientTransaction
from dialer.lines.sip.wire import Wire

PROBE_SECONDS = 2.0
ANSWERS_TO_CHALLENGES = 2


class TrunkWire(Wire, Protocol):
    """The trunk that the requests go through."""

    config: TrunkConfig
    local: str  # host and port, as in our Via

    @property
    def target(self) -> tuple[str, int] | None:
        """The carrier's address in use now."""

    @property
    def contact(self) -> str:
        """Host and port, as in our Contact."""


class Upkeep:
    """Sends them and brings the answers back."""

    def __init__(
        self,
        *,
        trunk: TrunkWire,
        reactor: Reactor,
        register: Callable[[str, int, str], bytes],  # (branch, expires, authorization)
    ) -> None:
        self._trunk = trunk
        self._reactor = reactor
        self._register = register

    def send_options(self, answered: Callable[[], None], silent: Callable[[], None]) -> None:
        """Ask the carrier whether it is there."""
        branch = new_branch()
        config, local, peer = self._trunk.config, self._trunk.local, self._trunk.target
        data = message(
            f"OPTIONS sip:{config.authority} SIP/2.0",
            f"Via: SIP/2.0/UDP {local};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: <sip:{local}>;tag={secrets.token_hex(6)}",
            f"To: <sip:{config.authority}>",
            f"Call-ID: {secrets.token_hex(12)}@{config.local_host}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:{self._trunk.contact}>",
        )

        def received(packet: Packet) -> None:
            if packet.code is not None and packet.code >= FINAL:
                answered()

        self._trunk.request(
            ClientTransaction(
                reactor=self._reactor,
                send=lambda: self._trunk.send(data, peer=peer),
                method="OPTIONS",
                on_response=received,
                on_timeout=silent,
                give_up_seconds=PROBE_SECONDS,
            ),
            branch=branch,
        )

    def send_register(
        self,
        expires: int,
        on_final: Callable[[Packet], None],
        on_timeout: Callable[[], None],
        authorizations: tuple[str, ...] = (),
    ) -> None:
        """Register, answering at most two challenges."""
        branch, peer = new_branch(), self._trunk.target
        data = self._register(branch, expires, "".join(authorizations[-1:]))

        def received(packet: Packet) -> None:
            line = self._answer(packet, tried=len(authorizations))
            if line is not None:
                self.send_register(expires, on_final, on_timeout, (*authorizations, line))
            elif packet.code is not None and packet.code >= FINAL:
                on_final(packet)

        self._trunk.request(
            ClientTransaction(
                reactor=self._reactor,
                send=lambda: self._trunk.send(data, peer=peer),
                method="REGISTER",
                on_response=received,
                on_timeout=on_timeout,
            ),
            branch=branch,
        )

    def _answer(self, packet: Packet, *, tried: int) -> str | None:
        if packet.code not in CHALLENGES or tried >= ANSWERS_TO_CHALLENGES:
            return None
        if tried and not self._trunk.is_stale(packet):
            return None
        uri = f"sip:{self._trunk.config.authority}"
        return self._trunk.authorization(packet, method="REGISTER", uri=uri)
