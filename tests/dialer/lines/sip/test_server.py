"""Requests of the carrier's side, and what is kept of them."""

import time

from dialer.lines.sip.answered import MOST_BYTES, Answered
from dialer.lines.sip.packet import Packet, read_packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.server import KEPT, RequestServer

OPTIONS = (
    "OPTIONS sip:line@x SIP/2.0\r\nVia: SIP/2.0/UDP y;branch=z9hG4bK{n}\r\n"
    "From: <sip:1@x>;tag=f\r\nTo: <sip:2@x>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"
)


def options(n: int | str) -> Packet:
    return read_packet(OPTIONS.format(n=n).encode())


def server_on(reactor: Reactor) -> RequestServer:
    return RequestServer(
        reactor=reactor,
        tag="t",
        contact=lambda: "sip:line@x",
        find=lambda _packet: None,
        refused=lambda _kind, _packet: None,
        accepted=lambda _packet: None,
    )


def timers(reactor: Reactor) -> int:
    return sum(timer.waits for some in reactor._timers._bundles.values() for timer in some)


class TestAnswer:
    def test_is_kept_of_no_more_requests_than_a_flood_may_bring(self) -> None:
        reactor = Reactor()
        server = server_on(reactor)
        before = timers(reactor)
        sent: list[bytes] = []

        for n in range(KEPT + 10):
            server.receive(options(n), send=sent.append)

        assert len(sent) == KEPT + 10
        assert len(server._answered) == KEPT
        assert timers(reactor) == before + 1

    def test_is_given_again_to_the_same_request_and_anew_to_a_cancel(self) -> None:
        server = server_on(Reactor())
        sent: list[bytes] = []
        text = OPTIONS.format(n=1).replace("<sip:2@x>", "<sip:2@x>;tag=t")
        invite = read_packet(text.replace("OPTIONS", "INVITE").encode())
        cancel = read_packet(text.replace("OPTIONS", "CANCEL").encode())

        for packet in (cancel, invite, invite):
            server.receive(packet, send=sent.append)
        later = server_on(Reactor())
        for packet in (invite, cancel):
            later.receive(packet, send=sent.append)

        starts = [data.split(b"\r\n")[0] for data in sent]
        assert starts[0] == b"SIP/2.0 481 Call/Transaction Does Not Exist"
        assert sent[1] == sent[2]
        assert starts[-1] == b"SIP/2.0 200 OK"  # RFC 3261 9.2
        assert b"\r\nCSeq: 1 CANCEL\r\n" in sent[-1]


class TestAnswered:
    def test_keeps_no_answer_that_is_too_long(self) -> None:
        answered = Answered(reactor=Reactor(), kept=10, seconds=32)

        answered.keep(options(1), b"x" * MOST_BYTES)
        answered.keep(options(2), b"x" * (MOST_BYTES + 1))

        assert answered.find(options(1)) == b"x" * MOST_BYTES
        assert answered.find(options(2)) is None

    def test_forgets_what_is_old_when_something_new_comes(self) -> None:
        answered = Answered(reactor=Reactor(), kept=10, seconds=0)
        answered.keep(options(1), b"1")

        answered.keep(options(2), b"2")

        assert (answered.find(options(1)), answered.find(options(2))) == (None, b"2")

    def test_forgets_what_is_old_when_nothing_comes_and_then_waits_for_nothing(self) -> None:
        reactor = Reactor()
        before = timers(reactor)
        answered = Answered(reactor=reactor, kept=10, seconds=0)
        answered.keep(options(1), b"1")
        assert timers(reactor) == before + 1

        for timer in reactor._timers.due(time.monotonic() + 0.5):
            timer.fire()

        assert len(answered) == 0
        assert timers(reactor) <= before
