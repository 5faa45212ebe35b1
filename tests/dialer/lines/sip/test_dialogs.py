"""Where the callee of a call that is up may be invited again, and how long that is known."""

import pytest

from dialer.lines.sip import dialogs
from dialer.lines.sip.packet import read_packet
from tests.dialer.lines.sip.gate import HOST, STRANGER, Gate, answer, invite
from tests.sip.peers import CALLEE, CALLER

HOME, AWAY = f"sip:{CALLEE}@{HOST}", f"sip:{STRANGER}@{HOST}"


def re_invite(*, contact: str, to_tag: str = "us", tag: str = "them") -> bytes:
    """Write a re-INVITE of the callee's."""
    lines = [
        "INVITE sip:line@127.0.0.1:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP {HOST};branch=z9hG4bKtheirs",
        f"From: <sip:{CALLEE}@{HOST}>;tag={tag}",
        f"To: <sip:{CALLER}@{HOST}>;tag={to_tag}",
        "Call-ID: c1",
        "CSeq: 7 INVITE",
        f"Contact: <{contact}>",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class TestCallThatIsUp:
    @pytest.fixture
    def gate(self) -> Gate:
        gate = Gate()
        gate.lets(invite())
        gate.hears(answer(200, contact=HOME))
        return gate

    def test_moves_with_a_request_that_we_accept(self, gate: Gate) -> None:
        gate.accepts(re_invite(contact=AWAY))

        assert gate.lets(invite(uri=STRANGER, to_tag="them", branch="b2", cseq=2))
        assert not gate.lets(invite(to_tag="them", branch="b3", cseq=3))

    def test_stays_where_it_is_when_we_refuse_the_request(self, gate: Gate) -> None:
        gate.hears(re_invite(contact=AWAY))

        assert not gate.lets(invite(uri=STRANGER, to_tag="them", branch="b2", cseq=2))
        assert gate.lets(invite(to_tag="them", branch="b3", cseq=3))

    @pytest.mark.parametrize("stray", [{"tag": "other"}, {"to_tag": "other"}, {"contact": "*"}])
    def test_stays_where_it_is_whatever_a_stray_request_says(
        self, gate: Gate, stray: dict[str, str]
    ) -> None:
        gate.accepts(re_invite(**{"contact": AWAY, **stray}))

        assert not gate.lets(invite(uri=STRANGER, to_tag="them", branch="b2", cseq=2))
        assert gate.lets(invite(to_tag="them", branch="b3", cseq=3))

    def test_does_not_move_back_when_an_old_answer_is_heard_again(self, gate: Gate) -> None:
        gate.accepts(re_invite(contact=AWAY))

        gate.hears(answer(200, contact=HOME))

        assert gate.lets(invite(uri=STRANGER, to_tag="them", branch="b2", cseq=2))

    def test_hears_again_what_has_left_before_it_moved(self, gate: Gate) -> None:
        before = invite(to_tag="them", branch="b2", cseq=2)
        assert gate.lets(before)

        gate.accepts(re_invite(contact=AWAY))

        assert gate.lets(before)
        assert not gate.lets(invite(to_tag="them", branch="b2", cseq=3))

    def test_is_known_however_many_have_begun_since_and_one_that_is_over_is_not(
        self, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dialogs, "KEPT", 2)
        known = gate.leaving._dialogs
        known.begin(read_packet(invite(call="c2")))
        gate.over = {"c2"}

        known.begin(read_packet(invite(call="c3")))

        assert list(known._calls) == ["c1", "c3"]
        assert gate.lets(invite(to_tag="them", branch="b2", cseq=2))

    def test_is_nobodys_any_more_once_it_is_forgotten(self, gate: Gate) -> None:
        gate.leaving.forget("c1")

        assert not gate.lets(invite(to_tag="them", branch="b2", cseq=2))
        assert list(gate.leaving._dialogs._calls) == []
