"""What a carrier may do that a softphone seldom meets, where no other test has it."""

import re
from collections.abc import Callable

import pytest

from dialer.lines.base import Outcome
from dialer.lines.sip.pyvoip import SipLine
from dialer.lines.sip.reactor import Reactor
from tests.sip.peers import (
    CALLEE,
    HOST,
    CarrierProcess,
    Ear,
    MutePeer,
    OpenLine,
    config,
    request,
    sdp,
    until,
)


def header(packet: str, name: str) -> str:
    (found,) = re.findall(rf"^{name}: ([^\r]*)", packet, re.MULTILINE)
    return str(found)


def asked(method: str, *, port: int, to_tag: str = "") -> str:
    """Write a request of the carrier's own, outside of any call."""
    lines = [
        f"{method} sip:line@{HOST} SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{method}",
        "From: <tel:+862112345678>;tag=a",
        f"To: <sip:line@{HOST}>{to_tag}",
        f"Call-ID: asked-{method}",
        f"CSeq: 1 {method}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


class TestChallenge:
    def test_after_a_trying_is_answered_in_the_same_call(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)
        first = mute_peer.receive("INVITE")
        mute_peer.answer(first, "100 Trying")
        asks = 'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"'

        mute_peer.answer(first, "407 Proxy Authentication Required", asks)

        ack, second = mute_peer.receive("ACK"), mute_peer.receive("INVITE")
        assert header(ack, "Via") == header(first, "Via")
        assert header(second, "Call-ID") == header(first, "Call-ID")
        assert header(second, "From") == header(first, "From")
        assert header(second, "CSeq") == "2 INVITE"
        assert header(second, "Via") != header(first, "Via")
        mute_peer.answer(second, "486 Busy Here")
        assert ear.result().outcome is Outcome.BUSY


class TestQualifying:
    @pytest.mark.parametrize(
        ("method", "status"), [("OPTIONS", 200), ("NOTIFY", 200), ("CANCEL", 481), ("BYE", 481)]
    )
    def test_is_answered_while_a_call_waits_and_harms_it_not(
        self, open_line: OpenLine, mute_peer: MutePeer, method: str, status: int
    ) -> None:
        ear = Ear()
        open_line(mute_peer.port).originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        mute_peer.say(asked(method, port=mute_peer.port))

        assert mute_peer.receive(method).startswith(f"SIP/2.0 {status} ")
        mute_peer.answer(invite, "486 Busy Here")
        assert ear.result().outcome is Outcome.BUSY


class OddPeer(MutePeer):
    """Writes one thing of what it says in another way."""

    change = ("", "")

    def say(self, text: str) -> None:
        before, after = self.change
        super().say(text.replace(before, after, 1))


class TestAnswer:
    @pytest.mark.parametrize(
        "change",
        [
            (
                "\r\nContent-Length",
                "\r\nContent-Type: application/sdp;charset=utf-8\r\nContent-Length",
            ),
            (";tag=x", ";user=phone;tag=x;isup-oli=00"),
            ("c=IN IP4 127.0.0.1\r\nt=0 0\r\n", "c=IN IP4 127.0.0.9\r\nt=0 0\r\n"),
        ],
    )
    def test_is_understood_however_it_is_written(
        self, open_line: OpenLine, change: tuple[str, str]
    ) -> None:
        """A type with a parameter, a tag that is not the last, addresses of session and media."""
        ear, peer = Ear(), OddPeer()
        handle = open_line(peer.port).originate(request(CALLEE), ear)
        invite = peer.receive("INVITE")
        peer.change = change

        peer.accept(invite, body=sdp(4000) + "c=IN IP4 127.0.0.1\r\n")

        ack = peer.receive("ACK")
        until(lambda: ear.answered)
        assert ";tag=x" in header(ack, "To")
        assert ack.startswith(f"ACK sip:callee@{HOST}:{peer.port} ")
        handle.hangup()
        peer.answer(peer.receive("BYE"), "200 OK")
        assert ear.result().ended_by == "us"
        peer.close()


class TestTrunk:
    def test_by_address_never_registers(self, open_line: OpenLine, mute_peer: MutePeer) -> None:
        open_line(mute_peer.port, wait=False, keepalive_seconds=5)

        assert mute_peer.heard(seconds=0.3) == [f"OPTIONS sip:{HOST}:{mute_peer.port} SIP/2.0"]

    def test_offers_even_ports_under_ids_that_no_restart_repeats(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        seen = []
        for _ in range(3):
            open_line(mute_peer.port).originate(request(CALLEE), Ear())
            seen.append(mute_peer.receive("INVITE"))

        ports = [int(p) for one in seen for p in re.findall(r"m=audio (\d+) ", one)]
        assert len(ports) == 3
        assert not any(port % 2 for port in ports)
        for name in ("Call-ID", "Via", "From"):
            assert len({header(one, name) for one in seen}) == 3

    def test_shares_its_reactor_with_another(
        self, carrier: CarrierProcess, number: Callable[[str], str]
    ) -> None:
        reactor = Reactor()
        lines = [SipLine(config(carrier.port), reactor=reactor) for _ in range(2)]
        reactor.start()
        for line in lines:
            line.start()
        until(lambda: all(line.capacity().up for line in lines))
        ears = [Ear(), Ear()]
        for line, ear in zip(lines, ears, strict=True):
            line.originate(request(number("busy")), ear)

        outcomes = [ear.result().outcome for ear in ears]
        for line in lines:
            line.stop()
        reactor.stop()

        assert outcomes == [Outcome.BUSY, Outcome.BUSY]
        assert [line.capacity().invites_sent for line in lines] == [1, 1]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.lines.sip.registration.FIRST_PAUSE_SECONDS", 0.05)


class TestRegistrar:
    def test_that_is_silent_holds_nobody_up_and_is_asked_again(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, wait=False, register=True)
        first = mute_peer.receive("REGISTER")

        second = mute_peer.receive("REGISTER")

        assert first == second
        assert "尚未注册" in line.capacity().reason
        mute_peer.answer(second, "200 OK", "Expires: 60")
        until(lambda: line.capacity().up)

    @pytest.mark.usefixtures("hasty")
    def test_says_how_long_at_least_and_how_to_prove_the_account(
        self, open_line: OpenLine, mute_peer: MutePeer
    ) -> None:
        line = open_line(mute_peer.port, wait=False, register=True)
        mute_peer.answer(mute_peer.receive("REGISTER"), "423 Too Brief", "Min-Expires: 300")
        second = mute_peer.receive("REGISTER")
        asks = 'Proxy-Authenticate: Digest realm="r", nonce="n", algorithm=SHA-256'

        mute_peer.answer(second, "407 Proxy Authentication Required", asks)

        third = mute_peer.receive("REGISTER")
        assert (header(second, "Expires"), header(third, "Expires")) == ("300", "300")
        assert 'username="line"' in header(third, "Proxy-Authorization")
        mute_peer.answer(third, "200 OK", "Expires: 60")
        until(lambda: line.capacity().up)
