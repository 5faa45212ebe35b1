"""RTP ports: set aside when a call is asked for, opened when it is put together, never leaked."""

import socket
from collections.abc import Iterator

import pytest

from dialer.lines.base import LineFullError, Outcome
from dialer.lines.sip.ports import RtpPorts
from tests.sip.peers import HOST, Ear, MutePeer, OpenLine, request

LOW, HIGH = 31_120, 31_124  # two ports, below those that the kernel gives out
CALLEE = "+8613800138000"


@pytest.fixture
def ports() -> RtpPorts:
    return RtpPorts(host=HOST, low=LOW, high=HIGH)


@pytest.fixture
def others() -> Iterator[list[socket.socket]]:
    """Sockets of another program, on both ports."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for number, sock in enumerate(held):
        sock.bind((HOST, LOW + 2 * number))
    yield held
    for sock in held:
        sock.close()


class TestRtpPorts:
    def test_are_each_set_aside_once(self, ports: RtpPorts) -> None:
        assert [ports.reserve(), ports.reserve()] == [LOW, LOW + 2]
        with pytest.raises(LineFullError):
            ports.reserve()

    def test_are_another_where_another_program_has_the_first(
        self, ports: RtpPorts, others: list[socket.socket]
    ) -> None:
        others[1].close()

        opened = ports.open(ports.reserve())

        assert opened.number == opened.socket.getsockname()[1] == LOW + 2
        assert ports.reserve() == LOW  # it may be free by the next call
        opened.socket.close()

    @pytest.mark.usefixtures("others")
    def test_are_all_kept_when_none_can_be_opened(self, ports: RtpPorts) -> None:
        with pytest.raises(LineFullError):
            ports.open(ports.reserve())

        assert {ports.reserve(), ports.reserve()} == {LOW, LOW + 2}

    def test_are_promised_to_no_more_calls_than_there_are(self, ports: RtpPorts) -> None:
        ports.promise()
        ports.promise()
        with pytest.raises(LineFullError):
            ports.promise()

        ports.reserve()  # the first call has its port
        ports.promise_kept()
        ports.promise_kept()  # the second wants none

        ports.promise()
        with pytest.raises(LineFullError):
            ports.promise()

    def test_go_to_another_call_once_given_back(self, ports: RtpPorts) -> None:
        first = ports.open(ports.reserve())
        ports.reserve()

        ports.give_back(first)

        again = ports.open(ports.reserve())
        assert again.number == first.number
        again.socket.close()


@pytest.mark.usefixtures("others")
class TestCall:
    def test_ends_as_one_that_the_line_could_not_carry_where_no_port_opens(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, rtp_ports=(LOW, HIGH))
        ear = Ear()

        line.originate(request(CALLEE), ear)

        assert ear.result().outcome is Outcome.LINE_DOWN
        assert (line.capacity().live, line.capacity().invites_sent) == (0, 0)
