"""Signalling is read at once after a silence, in turns while there is much, and never left."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from dialer.lines.sip import turns
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer
from dialer.lines.sip.turns import Turns
from tests.sip.peers import until

REST = 0.2


class Mailbox:
    """What was read, a list a turn; the packet `bad` cannot be handled."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0)
        self.turns: list[list[bytes]] = []

    def read(self) -> int:
        """Take all that has come, a turn full at most."""
        found: list[bytes] = []
        while len(found) < turns.FULL and (packet := self._next()):
            found.append(packet)
            if packet == b"bad":
                raise ValueError(packet)
        if found:
            self.turns.append(found)
        return len(found)

    def send(self, packet: bytes) -> None:
        """Put one in."""
        self.socket.sendto(packet, self.socket.getsockname())

    def _next(self) -> bytes:
        try:
            return self.socket.recv(100)
        except BlockingIOError:
            return b""


@pytest.fixture
def reactor() -> Iterator[Reactor]:
    reactor = Reactor()
    reactor.start()
    yield reactor
    reactor.stop()


@pytest.fixture
def mailbox(reactor: Reactor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setattr(turns, "REST_SECONDS", REST)
    mailbox = Mailbox()
    taken = Turns(reactor=reactor, source=mailbox)
    reactor.call_soon(taken.open)
    yield mailbox
    reactor.call_soon(taken.close)
    reactor.call_soon(mailbox.socket.close)


class TestTurns:
    def test_begin_at_once_after_a_silence_and_go_on_after_a_rest(self, mailbox: Mailbox) -> None:
        began = time.monotonic()
        mailbox.send(b"1")
        until(lambda: mailbox.turns == [[b"1"]])
        assert time.monotonic() - began < REST

        mailbox.send(b"2")
        mailbox.send(b"3")
        until(lambda: len(mailbox.turns) > 1)

        assert mailbox.turns == [[b"1"], [b"2", b"3"]]
        assert time.monotonic() - began >= REST

    def test_come_twice_as_often_while_they_are_full(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "FULL", 2)
        monkeypatch.setattr(turns, "REST_SECONDS", REST)
        reactor, mailbox, rests = Reactor(), Mailbox(), list[float]()
        later = reactor.call_at

        def noted(when: float, action: Callable[[], object]) -> Timer:
            rests.append(when - time.monotonic())
            return later(when, action)

        monkeypatch.setattr(reactor, "call_at", noted)
        for _ in range(5):
            mailbox.send(b"flood")
        flood = Turns(reactor=reactor, source=mailbox)
        reactor.call_soon(flood.open)
        reactor.start()

        until(lambda: sum(map(len, mailbox.turns)) == 5)
        reactor.stop()
        mailbox.socket.close()

        assert [len(turn) for turn in mailbox.turns] == [2, 2, 1]
        assert [round(rest / REST, 1) for rest in rests] == [0.5, 0.5, 1.0]

    def test_leave_nothing_lying_after_a_silence(self, mailbox: Mailbox) -> None:
        for number in range(3):
            mailbox.send(b"%d" % number)
            until(lambda number=number: len(mailbox.turns) == number + 1)  # type: ignore[misc]
            time.sleep(1.5 * REST)

        assert mailbox.turns == [[b"0"], [b"1"], [b"2"]]

    def test_go_on_after_a_packet_that_could_not_be_handled(self, mailbox: Mailbox) -> None:
        mailbox.send(b"bad")
        mailbox.send(b"good")

        until(lambda: mailbox.turns == [[b"good"]])

    def test_take_along_what_waits_for_them_in_its_order(
        self, mailbox: Mailbox, reactor: Reactor
    ) -> None:
        done: list[str] = []
        mailbox.send(b"1")
        until(lambda: reactor.comes_round)

        reactor.call_in_turn(lambda: done.append("call"))
        until(lambda: done == ["call"])
        reactor.call_in_turn(lambda: done.append("another"))
        reactor.call_soon(lambda: done.append("its end"))
        until(lambda: len(done) == 3)

        assert done == ["call", "another", "its end"]

    def test_are_not_waited_for_once_they_are_over(self, reactor: Reactor) -> None:
        mailbox = Mailbox()
        over = Turns(reactor=reactor, source=mailbox)
        reactor.call_soon(over.open)
        mailbox.send(b"1")
        until(lambda: reactor.comes_round)

        reactor.call_soon(over.close)
        until(lambda: not reactor.comes_round)

        mailbox.socket.close()

    def test_are_not_waited_for_in_a_silence(self, mailbox: Mailbox, reactor: Reactor) -> None:
        until(lambda: not reactor.comes_round)
        done: list[float] = []
        began = time.monotonic()

        reactor.call_in_turn(lambda: done.append(time.monotonic()))
        until(lambda: done)

        assert mailbox.turns == []
        assert done[0] - began < REST
