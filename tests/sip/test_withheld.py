"""An INVITE leaves while somebody waits for it, or never: nobody would know of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dialer.lines.base import InviteSent, LineDownError, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CALLEE, Ear, MutePeer, OpenLine, request, until

AGAIN_SECONDS = 0.8  # the first repetition is due after 0.5
ONE_PORT = (31_130, 31_132)


@pytest.fixture
def narrow_line(open_line: OpenLine, mute_peer: MutePeer) -> SipLine:
    """Have room for a single call, so that one that is not given back is missed."""
    return open_line(mute_peer.port, max_calls=1, rtp_ports=ONE_PORT)


@contextmanager
def standing_still(line: SipLine) -> Iterator[None]:
    """Have the reactor do nothing meanwhile, as a disk or a busy machine could."""
    go_on = threading.Event()
    line.reactor.call_soon(lambda: go_on.wait(15))
    try:
        yield
    finally:
        go_on.set()


def full_once() -> Callable[[InviteSent], None]:
    """Return a journal whose disk is full for its first line only."""
    told: list[InviteSent] = []

    def note(sent: InviteSent) -> None:
        told.append(sent)
        if len(told) == 1:
            raise OSError("No space left on device")

    return note


def never_left(ear: Ear, peer: MutePeer, line: SipLine) -> bool:
    """Return whether the call ended once, as one that the line could not carry."""
    ear.result(seconds=5)
    quiet = peer.heard(seconds=AGAIN_SECONDS) == []
    outcomes = [result.outcome for result in ear.results]
    counted = (line.capacity().live, line.capacity().invites_sent)
    return quiet and outcomes == [Outcome.LINE_DOWN] and counted == (0, 0)


class TestInvite:
    def test_does_not_leave_once_it_could_not_be_written_down(
        self, narrow_line: SipLine, mute_peer: MutePeer
    ) -> None:
        narrow_line.note_invites(full_once())
        ear = Ear()
        asked_at = time.monotonic()

        handle = narrow_line.originate(request(CALLEE), ear)

        assert not handle.wait_sent(timeout_seconds=5)
        assert time.monotonic() - asked_at < 0.5  # at once: nobody waits for a repetition
        assert never_left(ear, mute_peer, narrow_line)

    def test_does_not_leave_after_it_was_withheld_from_a_line_that_stood_still(
        self, narrow_line: SipLine, mute_peer: MutePeer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.pyvoip.PORT_REST_SECONDS", 0.0)
        ear, next_ear = Ear(), Ear()
        with standing_still(narrow_line):
            handle = narrow_line.originate(request(CALLEE), ear)
            assert not handle.wait_sent(timeout_seconds=0.05)
            assert not handle.withhold()

        assert never_left(ear, mute_peer, narrow_line)
        narrow_line.originate(request(CALLEE), next_ear)  # its place and its port are free
        assert mute_peer.receive("INVITE")

    def test_does_not_leave_when_it_is_withheld_between_two_tries(
        self, narrow_line: SipLine, mute_peer: MutePeer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried = threading.Event()

        def lost(_data: bytes, **_where: object) -> bool:
            tried.set()
            return False

        ear = Ear()
        with monkeypatch.context() as broken:
            broken.setattr(narrow_line.trunk, "send", lost)
            handle = narrow_line.originate(request(CALLEE), ear)
            assert tried.wait(5)

        assert not handle.withhold()

        assert never_left(ear, mute_peer, narrow_line)

    def test_is_waited_for_while_it_leaves(
        self, narrow_line: SipLine, mute_peer: MutePeer
    ) -> None:
        writing, go_on = threading.Event(), threading.Event()

        def slow(_: InviteSent) -> None:
            writing.set()
            go_on.wait(15)

        narrow_line.note_invites(slow)
        handle = narrow_line.originate(request(CALLEE), Ear())
        assert writing.wait(5)
        said: list[bool] = []
        withholding = threading.Thread(target=lambda: said.append(handle.withhold()))
        withholding.start()
        withholding.join(0.2)
        before = list(said)
        go_on.set()
        withholding.join(5)

        assert (before, said) == ([], [True])
        assert mute_peer.receive("INVITE")

    def test_goes_on_when_it_is_withheld_too_late(
        self, narrow_line: SipLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        handle = narrow_line.originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        assert handle.withhold()
        mute_peer.answer(invite, "486 Busy Here")

        assert ear.result().outcome is Outcome.BUSY

    def test_does_not_leave_a_trunk_that_closes_meanwhile(
        self, narrow_line: SipLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        stopping = threading.Thread(target=narrow_line.stop)
        with standing_still(narrow_line):
            narrow_line.originate(request(CALLEE), ear)
            stopping.start()
            until(lambda: not narrow_line.capacity().up)
            stopping.join(0.05)  # it waits for the call to end
        stopping.join(10)

        assert never_left(ear, mute_peer, narrow_line)
        with pytest.raises(LineDownError):
            narrow_line.originate(request(CALLEE), Ear())
