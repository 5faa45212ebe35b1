"""Requests of the carrier's side, and what is kept of them."""

from dialer.lines.sip.packet import read_packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.server import KEPT, RequestServer

OPTIONS = (
    "OPTIONS sip:line@x SIP/2.0\r\nVia: SIP/2.0/UDP y;branch=z9hG4bK{n}\r\n"
    "From: <sip:1@x>;tag=f\r\nTo: <sip:2@x>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"
)


class TestAnswer:
    def test_is_kept_of_no_more_requests_than_a_flood_may_bring(self) -> None:
        server = RequestServer(
            reactor=Reactor(),
            tag="t",
            contact=lambda: "sip:line@x",
            find=lambda _packet: None,
            refused=lambda _kind, _packet: None,
        )
        sent: list[bytes] = []

        for n in range(KEPT + 10):
            server.receive(read_packet(OPTIONS.format(n=n).encode()), send=sent.append)

        assert len(sent) == KEPT + 10
        assert len(server._answered) == KEPT
