"""A killed process's calls are ended by the next one: BYE, or CANCEL to who still rings."""

import re
import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest

from dialer.lines.open_dialog import OpenDialog, OrphanEnded
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import HOST, CarrierProcess, Ear, MutePeer, config, request, sdp
from tests.sip.peers import until as soon


class Notebook:
    """Keeps the calls that are up, and what became of those of another process."""

    def __init__(self) -> None:
        self.up: dict[str, OpenDialog] = {}
        self.ended: list[OrphanEnded] = []

    def opened(self, dialog: OpenDialog) -> None:
        self.up[dialog.call_id] = dialog

    def closed(self, call_id: str) -> None:
        self.up.pop(call_id, None)

    def heard(self, ended: OrphanEnded) -> None:
        self.ended.append(ended)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def doomed(notebook: Notebook) -> Callable[[int], SipLine]:
    """Open a line that `kill` takes down as SIGKILL would: not one packet more."""

    def opened(port: int) -> SipLine:
        line = SipLine(config(port))
        line.keep_dialogs(notebook)
        line.start()
        soon(lambda: line.capacity().up)
        return line

    return opened


def kill(line: SipLine) -> int:
    """Take the line down without another packet; return the port that it had."""
    line.reactor.stop()
    line.trunk._socket.socket.close()
    for leg in line.trunk._legs.all():
        leg.session.rtp_port.socket.close()  # type: ignore[attr-defined]
    return line.trunk.local_port


def taken_over(port: int, notebook: Notebook) -> SipLine:
    line = SipLine(config(port))
    line.end_orphans(list(notebook.up.values()), notebook.heard)
    line.keep_dialogs(notebook)
    line.start()
    return line


class TestOrphans:
    def test_get_a_goodbye_that_a_strict_carrier_accepts_from_the_same_port(
        self,
        carrier: CarrierProcess,
        number: Callable[[str], str],
        doomed: Callable[[int], SipLine],
        notebook: Notebook,
    ) -> None:
        line = doomed(carrier.port)
        talking, ringing = ("answer_wait", "routed", "auth_wait"), ("no_answer", "auth_rings")
        ears = {name: Ear() for name in (*talking, *ringing)}
        calls = {name: line.originate(request(number(name)), ear) for name, ear in ears.items()}
        soon(lambda: sum(ear.answered for ear in ears.values()) == 3)
        soon(lambda: all(ears[name].codes for name in ringing))
        assert set(notebook.up) == {call.call_id for call in calls.values()}

        port = kill(line)
        new = taken_over(carrier.port, notebook)

        soon(lambda: len(notebook.ended) == 5)
        assert new.trunk.local_port == port
        assert {(one.how, one.code) for one in notebook.ended} == {("BYE", 200), ("CANCEL", 200)}
        for name in ringing:
            kinds = partial(carrier.kinds, calls[name].call_id)
            soon(lambda kinds=kinds: kinds()[-1] == "refused")  # type: ignore[misc]
            assert "canceled" in kinds()
        for name in talking:
            reason, ended = carrier.events(calls[name].call_id)[-2:]
            assert (reason.kind, ended.kind) == ("bye_reason", "ended")
            assert reason.detail.startswith("Q.850;cause=41")
            assert ended.detail.startswith("by caller")
        new.stop()

    def test_are_ended_from_another_port_where_the_former_one_is_taken(
        self,
        carrier: CarrierProcess,
        number: Callable[[str], str],
        doomed: Callable[[int], SipLine],
        notebook: Notebook,
    ) -> None:
        line = doomed(carrier.port)
        ears = [Ear(), Ear()]
        calls = [
            line.originate(request(number(name)), ear)
            for name, ear in zip(("answer_wait", "no_answer"), ears, strict=True)
        ]
        soon(lambda: ears[0].answered and ears[1].codes)

        port = kill(line)
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as squatter:
            squatter.bind((HOST, port))
            new = taken_over(carrier.port, notebook)
            soon(lambda: len(notebook.ended) == 2)

        assert new.trunk.local_port != port
        assert {one.code for one in notebook.ended} == {200}
        assert "ended" in carrier.kinds(calls[0].call_id)
        assert "canceled" in carrier.kinds(calls[1].call_id)
        new.stop()

    def test_prove_the_account_where_the_goodbye_is_challenged(
        self,
        mute_peer: MutePeer,
        doomed: Callable[[int], SipLine],
        notebook: Notebook,
    ) -> None:
        line = doomed(mute_peer.port)
        ear = Ear()
        line.originate(request("+8613800138000"), ear)
        mute_peer.accept(mute_peer.receive("INVITE"), body=sdp(4000))
        soon(lambda: ear.answered)
        kill(line)

        new = taken_over(mute_peer.port, notebook)
        first = mute_peer.receive("BYE")
        mute_peer.answer(
            first, "407 Who", 'Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"'
        )
        second = mute_peer.receive("BYE")
        mute_peer.answer(second, "200 OK")

        soon(lambda: notebook.ended != [])
        assert 'Proxy-Authorization: Digest username="line"' in second
        assert cseq(second) == cseq(first) + 1 > 10_000
        assert second.count("Reason: ") == 1
        new.stop()

    def test_that_pick_up_as_they_are_canceled_are_acknowledged_and_hung_up(
        self,
        mute_peer: MutePeer,
        doomed: Callable[[int], SipLine],
        notebook: Notebook,
    ) -> None:
        line = doomed(mute_peer.port)
        ear = Ear()
        line.originate(request("+8613800138000"), ear)
        invite = mute_peer.receive("INVITE")
        mute_peer.answer(invite, "180 Ringing")
        soon(lambda: ear.codes)
        kill(line)

        new = taken_over(mute_peer.port, notebook)
        mute_peer.answer(mute_peer.receive("CANCEL"), "200 OK")
        mute_peer.accept(invite, body=sdp(4000))
        mute_peer.receive("ACK")
        bye = mute_peer.receive("BYE")
        mute_peer.answer(bye, "200 OK")

        assert bye.startswith(f"BYE sip:callee@{HOST}")
        assert ";tag=x" in bye.split("To: ")[1].split("\r\n")[0]
        new.stop()


class TestKeeper:
    def test_knows_no_call_that_is_over_and_the_newest_invite_of_one_that_is_not(
        self,
        carrier: CarrierProcess,
        number: Callable[[str], str],
        doomed: Callable[[int], SipLine],
        notebook: Notebook,
    ) -> None:
        line = doomed(carrier.port)
        ears = [Ear(), Ear()]
        line.originate(request(number("busy")), ears[0])
        call = line.originate(request(number("auth_wait")), ears[1])
        soon(lambda: ears[0].over.is_set() and ears[1].answered)

        (kept,) = notebook.up.values()
        assert (kept.call_id, kept.cseq, kept.answered) == (call.call_id, 2, True)

        line.stop()
        assert notebook.up == {}


def cseq(text: str) -> int:
    (found,) = re.findall(r"^CSeq: ([0-9]+) ", text, re.MULTILINE)
    return int(found)
