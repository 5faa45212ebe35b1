"""A carrier that is known by its name: found, found again, changed, and lost (RFC 3263)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dialer.lines.base import LineDownError, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.names import NameServer
from tests.sip.peers import CALLEE, HOST, CarrierProcess, Ear, MutePeer, OpenLine, request, until

NAME = "carrier.test"
SRV = f"_sip._udp.{NAME}"
OpenNamed = Callable[..., SipLine]


@pytest.fixture
def names() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.close()


@pytest.fixture
def open_named(open_line: OpenLine, names: NameServer) -> OpenNamed:
    def opened(port: int = 0, **changes: Any) -> SipLine:
        return open_line(port, host=NAME, name_servers=(names.where,), **changes)

    return opened


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe in no time, and ask for names as often as they say."""
    monkeypatch.setattr("dialer.lines.sip.upkeep.PROBE_SECONDS", 0.15)
    monkeypatch.setattr("dialer.lines.sip.health.FIRST_PROBE_SECONDS", 0.05)
    monkeypatch.setattr("dialer.lines.sip.addresses.LEAST_TTL_SECONDS", 0.1)
    monkeypatch.setattr("dialer.lines.sip.addresses.AGAIN_SECONDS", 0.1)
    monkeypatch.setattr("dialer.lines.sip.dns.LIFETIME_SECONDS", 0.3)


def refused_by(carrier: CarrierProcess, line: SipLine, number: str) -> bool:
    ear = Ear()
    handle = line.originate(request(number), ear)
    result = ear.result()
    return result.outcome is Outcome.BUSY and carrier.call(handle.call_id).cseq == 1


class TestName:
    def test_leads_by_its_services_to_host_and_port(
        self,
        names: NameServer,
        open_named: OpenNamed,
        carrier: CarrierProcess,
        number: Callable[[str], str],
    ) -> None:
        names.know(SRV, "SRV", f"10 5 {carrier.port} sbc.{NAME}.")
        names.know(f"sbc.{NAME}", "A", HOST)

        line = open_named()

        assert refused_by(carrier, line, number("busy"))
        assert names.asked == [(SRV, "SRV"), (f"sbc.{NAME}", "A")]

    def test_with_a_port_asks_for_no_service(
        self, names: NameServer, open_named: OpenNamed, mute_peer: MutePeer
    ) -> None:
        names.know(NAME, "A", HOST)

        open_named(mute_peer.port).originate(request(CALLEE), Ear())

        assert mute_peer.receive("INVITE").startswith(
            f"INVITE sip:{CALLEE}@{NAME}:{mute_peer.port} SIP/2.0\r\n"
        )
        assert names.asked == [(NAME, "A")]

    @pytest.mark.usefixtures("impatient")
    def test_leads_to_the_next_host_when_the_first_does_not_answer(
        self,
        names: NameServer,
        open_named: OpenNamed,
        carrier: CarrierProcess,
        mute_peer: MutePeer,
        number: Callable[[str], str],
    ) -> None:
        names.know(
            SRV, "SRV", f"20 0 {carrier.port} b.{NAME}.", f"10 0 {mute_peer.port} a.{NAME}."
        )
        names.know(f"a.{NAME}", "A", HOST)
        names.know(f"b.{NAME}", "A", HOST)

        line = open_named(keepalive_seconds=0.1)

        assert mute_peer.receive("OPTIONS")
        assert refused_by(carrier, line, number("busy"))

    @pytest.mark.usefixtures("impatient")
    def test_is_asked_for_again_when_the_answer_has_run_out(
        self,
        names: NameServer,
        open_named: OpenNamed,
        carrier: CarrierProcess,
        mute_peer: MutePeer,
        number: Callable[[str], str],
    ) -> None:
        """The call that is up stays with the address that it began with."""
        names.ttl = 0
        names.know(SRV, "SRV", f"10 0 {mute_peer.port} sbc.{NAME}.")
        names.know(f"sbc.{NAME}", "A", HOST)
        line = open_named()
        first = Ear()
        handle = line.originate(request(CALLEE), first)
        mute_peer.answer(mute_peer.receive("INVITE"), "180 Ringing")

        names.know(SRV, "SRV", f"10 0 {carrier.port} sbc.{NAME}.")
        until(lambda: line.trunk.target == (HOST, carrier.port))

        assert refused_by(carrier, line, number("busy"))
        handle.hangup()
        assert mute_peer.receive("CANCEL")

    def test_makes_its_addresses_known_and_no_others(
        self, names: NameServer, open_named: OpenNamed, mute_peer: MutePeer
    ) -> None:
        """A second host of the carrier may refuse its call; a stranger may not."""
        names.know(SRV, "SRV", f"10 0 {mute_peer.port} a.{NAME}.", f"20 0 5060 b.{NAME}.")
        names.know(f"a.{NAME}", "A", HOST)
        names.know(f"b.{NAME}", "A", "127.0.0.2")
        ear = Ear()
        open_named().originate(request(CALLEE), ear)
        invite = mute_peer.receive("INVITE")

        for host, answer in (("127.0.0.3", "486 Busy Here"), ("127.0.0.2", "603 Decline")):
            peer = MutePeer(host=host)
            peer.source = mute_peer.source
            peer.answer(invite, answer)
            peer.close()

        assert ear.result().outcome is Outcome.DECLINED


class TestNoName:
    @pytest.mark.usefixtures("impatient")
    def test_is_a_trunk_that_is_down_and_says_why(
        self,
        names: NameServer,
        open_named: OpenNamed,
        carrier: CarrierProcess,
        number: Callable[[str], str],
    ) -> None:
        line = open_named(carrier.port, wait=False)
        until(lambda: "没有地址" in line.capacity().reason)

        with pytest.raises(LineDownError, match="has no address"):
            line.originate(request(CALLEE), Ear())
        names.know(NAME, "A", HOST)
        until(lambda: line.capacity().up)

        assert refused_by(carrier, line, number("busy"))
        assert line.capacity().reason == ""

    @pytest.mark.usefixtures("impatient")
    def test_takes_a_trunk_down_that_was_up(
        self, names: NameServer, open_named: OpenNamed, mute_peer: MutePeer
    ) -> None:
        names.ttl = 0
        names.know(NAME, "A", HOST)
        line = open_named(mute_peer.port)

        names.forget()

        until(lambda: not line.capacity().up)
        assert (line.capacity().advertised, line.trunk.target) == (0, None)

    @pytest.mark.usefixtures("impatient")
    def test_does_not_when_nobody_can_say_until_that_has_lasted(
        self,
        names: NameServer,
        open_named: OpenNamed,
        mute_peer: MutePeer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.addresses.STALE_SECONDS", 0.8)
        names.ttl = 0
        names.know(NAME, "A", HOST)
        line = open_named(mute_peer.port)
        addresses = line.trunk.state.addresses

        names.silent = True
        until(lambda: addresses._stale is not None)

        assert line.capacity().up
        until(lambda: "域名服务器无法解析" in line.capacity().reason)
        assert not line.capacity().up
