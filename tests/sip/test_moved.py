"""A callee that says in mid-call where it is from now on (RFC 3261 12.2): we go there, once."""

from collections.abc import Iterator

import pytest

from dialer.lines.base import InviteSent
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CALLEE, HOST, Ear, MutePeer, OpenLine, request, until
from tests.sip.talkers import Talker, talker

# We refresh after a second and a half, and after two the session is over.
TIMER = ("Content-Type: application/sdp", "Supported: timer", "Session-Expires: 3;refresher=uas")
BRIEF = ("Content-Type: application/sdp", "Supported: timer", "Session-Expires: 1")
FAX = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=image 4000 udptl t38\r\n"
Kept = list[InviteSent]


@pytest.fixture
def told() -> Kept:
    return []


@pytest.fixture
def line(open_line: OpenLine, mute_peer: MutePeer, told: Kept) -> SipLine:
    opened = open_line(mute_peer.port, session_seconds=3, least_session_seconds=2)
    opened.note_invites(told.append)
    return opened


@pytest.fixture
def one(line: SipLine, mute_peer: MutePeer) -> Iterator[Talker]:
    """A call that is up, at `sip:callee@…`."""
    made = talker(line, mute_peer)
    mute_peer.receive("ACK")
    yield made
    made.close()


def at(one: Talker, user: str) -> str:
    return f"sip:{user}@{HOST}:{one.peer.port}"


def refresh(one: Talker) -> str:
    """Return our re-INVITE; ACKs of theirs go by another branch."""
    packet = one.peer.receive("INVITE")
    assert packet.startswith("INVITE ")
    return packet


def hung_up(one: Talker) -> str:
    """Hang up, and return where the BYE goes to."""
    one.handle.hangup()
    bye = one.peer.receive("BYE")
    one.peer.answer(bye, "200 OK")
    assert one.ear.result().ended_by == "us"
    return bye.split()[1]


class TestCallee:
    @pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
    def test_is_refreshed_and_hung_up_where_its_own_request_says(
        self, one: Talker, told: Kept, method: str
    ) -> None:
        reply = one.ask(method, *TIMER, body=one.describe(), contact=at(one, "moved"))

        again = refresh(one)

        assert reply.startswith("SIP/2.0 200 ")
        assert again.split()[1] == at(one, "moved")
        one.peer.answer(again, "200 OK", body=one.describe())
        assert hung_up(one) == at(one, "moved")
        assert [sent.refused for sent in told if sent.refused] == []

    def test_is_acknowledged_and_refreshed_where_its_answer_says(
        self, one: Talker, told: Kept
    ) -> None:
        one.ask("INVITE", *TIMER, body=one.describe())
        moved = f"Contact: <{at(one, 'moved')}>"
        timer = ("Require: timer", "Session-Expires: 2;refresher=uac")

        one.peer.answer(refresh(one), "200 OK", moved, *timer, body=one.describe())

        assert one.peer.receive("ACK").split()[1] == at(one, "moved")
        again = refresh(one)
        assert again.split()[1] == at(one, "moved")
        one.peer.answer(again, "200 OK", body=one.describe())
        assert hung_up(one) == at(one, "moved")
        assert [sent.refused for sent in told if sent.refused] == []

    @pytest.mark.parametrize(("extra", "body", "code"), [(TIMER, FAX, 488), (BRIEF, "", 422)])
    def test_is_refreshed_where_it_was_when_its_request_is_refused(
        self, one: Talker, told: Kept, extra: tuple[str, ...], body: str, code: int
    ) -> None:
        one.ask("INVITE", *TIMER, body=one.describe())

        reply = one.ask("INVITE", *extra, body=body, contact=at(one, "moved"))

        assert reply.startswith(f"SIP/2.0 {code} ")
        again = refresh(one)
        assert again.split()[1] == at(one, "callee")
        one.peer.answer(again, "200 OK", body=one.describe())
        assert hung_up(one) == at(one, "callee")
        assert [sent.refused for sent in told if sent.refused] == []

    @pytest.mark.parametrize("contact", ["*", "sip:a b", "nobody"])
    def test_stays_where_it_is_when_no_request_could_be_sent_there(
        self, one: Talker, contact: str
    ) -> None:
        one.ask("UPDATE", *TIMER, body=one.describe(), contact=contact)

        assert hung_up(one) == at(one, "callee")

    def test_is_not_moved_by_somebody_elses_tag(self, one: Talker) -> None:
        reply = Talker.ask(_stranger(one), "UPDATE", *TIMER, contact=at(one, "moved"))

        assert reply.startswith("SIP/2.0 481 ")
        assert hung_up(one) == at(one, "callee")


class TestCallThatIsUp:
    def test_is_known_at_its_refresh_however_many_came_and_went_since(
        self, line: SipLine, one: Talker, told: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.dialogs.KEPT", 1)
        one.ask("INVITE", *TIMER, body=one.describe())

        for _ in range(3):
            ear = Ear()
            line.originate(request(CALLEE), ear)
            one.peer.answer(one.peer.receive("INVITE"), "486 Busy Here")
            ear.result()

        again = refresh(one)
        one.peer.answer(again, "200 OK", body=one.describe())
        assert hung_up(one) == at(one, "callee")
        assert [sent.refused for sent in told if sent.refused] == []
        assert len(line.trunk.leaving._dialogs._calls) == 2

    def test_is_known_no_more_a_while_after_its_end(
        self, line: SipLine, one: Talker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.call.LINGER_SECONDS", 0.05)
        assert len(line.trunk.leaving._dialogs._calls) == 1

        hung_up(one)

        until(lambda: line.trunk.leaving._dialogs._calls == {})


def _stranger(one: Talker) -> Talker:
    """Return who names the call, but not as its callee."""
    answer = one.answer.replace("\r\nTo: ", "\r\nTo: <sip:x@x>;tag=stranger;was=", 1)
    return Talker(one.ear, one.handle, one.peer, answer, one.rtp, one.line_address, one.codec)
