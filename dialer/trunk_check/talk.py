"""Speak to the carrier as the line would, from a socket of our own, and never an INVITE.

The REGISTER has no Contact: it asks what is registered (RFC 3261 10.2.3), proves the password,
and neither adds a binding nor takes away the line process's.
"""

import secrets
import time
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from dialer.lines.sip.config import TrunkConfig, bracketed
from dialer.lines.sip.dialog import message, new_branch
from dialer.lines.sip.digest import CHALLENGES, Credentials, is_stale
from dialer.lines.sip.packet import BadPacketError, Packet, read_packet
from dialer.trunk_check.place import Peer, udp_socket

PATIENCE_SECONDS = 4.0
FIRST_PAUSE_SECONDS = 0.5  # RFC 3261 17.1.2.2: T1, and twice as long each time
LONGEST_DATAGRAM = 65_535
FINAL = 200
MOST_TRIES = 3
KEEP_ALIVE = b"\r\n\r\n"  # RFC 5626 3.5.1: no SIP peer takes it for a request
KNOCK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of one request."""

    reply: Packet | None  # None: silence
    refused: bool = False  # an ICMP message says that nobody listens there
    proved: bool = False  # credentials were in the last one sent
    elsewhere: str = ""  # host:port that an answer came from in place of the carrier's


class Talk:
    """One socket to one carrier."""

    def __init__(self, config: TrunkConfig, peer: Peer) -> None:
        self._config = config
        self._peer = peer
        self._socket = udp_socket(config.local_host)
        self._socket.bind((config.local_host, 0))
        self.local = (config.local_host, int(self._socket.getsockname()[1]))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def options(self) -> Asked:
        """Ask what the carrier can do."""
        return self._ask("OPTIONS", user="", cseq=1, call_id=secrets.token_hex(12))

    def register(self, credentials: Credentials) -> Asked:
        """Ask which bindings the account has, with its password."""
        call_id, uri = secrets.token_hex(12), f"sip:{self._config.authority}"
        lines: tuple[str, ...] = ()
        asked = Asked(reply=None)
        for attempt in range(1, MOST_TRIES + 1):
            asked = self._ask(
                "REGISTER", user=credentials.username, cseq=attempt, call_id=call_id, extra=lines
            )
            reply = asked.reply
            if reply is None or reply.code not in CHALLENGES:
                return replace(asked, proved=bool(lines))
            if lines and not is_stale(reply):
                break
            line = credentials.answer(reply, method="REGISTER", uri=uri)
            if line is None:
                return Asked(reply=reply)
            lines = (line,)
        return replace(asked, proved=True)

    def _ask(
        self, method: str, *, user: str, cseq: int, call_id: str, extra: tuple[str, ...] = ()
    ) -> Asked:
        branch = new_branch()
        host, port = bracketed(self.local[0]), self.local[1]
        who = f"sip:{user}@{self._config.authority}" if user else f"sip:{self._config.authority}"
        data = message(
            f"{method} sip:{self._config.authority} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: <{who}>;tag={secrets.token_hex(6)}",
            f"To: <{who}>",
            f"Call-ID: {call_id}@{host}",
            f"CSeq: {cseq} {method}",
            *([f"Contact: <sip:{host}:{port}>"] if method == "OPTIONS" else []),
            *(["Accept: application/sdp"] if method == "OPTIONS" else []),
            *extra,
        )
        return self._exchange(data, branch=branch)

    def _exchange(self, data: bytes, *, branch: str) -> Asked:
        until = time.monotonic() + PATIENCE_SECONDS
        pause, send_at = FIRST_PAUSE_SECONDS, 0.0
        elsewhere = ""
        while (now := time.monotonic()) < until:
            if now >= send_at:
                with suppress(OSError):  # like a packet that was lost
                    self._socket.sendto(data, (self._peer.host, self._peer.port))
                send_at, pause = now + pause, pause * 2
            self._socket.settimeout(max(0.001, min(send_at, until) - time.monotonic()))
            try:
                answer, source = self._socket.recvfrom(LONGEST_DATAGRAM)
            except OSError:
                continue
            packet = _final(answer, branch)
            if packet is not None and source[0] == self._peer.host:
                return Asked(reply=packet)
            if packet is not None:
                elsewhere = f"{source[0]}:{source[1]}"
        return Asked(reply=None, refused=self._nobody_listens(), elsewhere=elsewhere)

    def _nobody_listens(self) -> bool:
        """Tell a closed port from silence: only a connected socket hears of it."""
        with closing(udp_socket(self._config.local_host)) as probe:
            probe.settimeout(KNOCK_SECONDS)
            try:
                probe.bind((self._config.local_host, 0))
                probe.connect((self._peer.host, self._peer.port))
                probe.send(KEEP_ALIVE)
                probe.recv(LONGEST_DATAGRAM)
            except TimeoutError:
                return False
            except OSError:
                return True
        return False


def _final(data: bytes, branch: str) -> Packet | None:
    try:
        packet = read_packet(data)
    except BadPacketError:
        return None
    final = packet.code is not None and packet.code >= FINAL
    return packet if final and packet.branch == branch else None
