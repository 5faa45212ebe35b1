"""The edge in the send path: only what one permit covers leaves, and only once written down.

CN13-NUM-02: a caller number of the permit's alone.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from dialer.lines.base import InviteSent
from dialer.lines.sip import edge
from dialer.lines.sip.edge import Why
from tests.dialer.lines.sip.gate import (
    GENUINE,
    HOST,
    NOW,
    OTHER,
    PERMIT,
    STRANGER,
    Gate,
    answer,
    identity,
    invite,
)
from tests.sip.peers import CALLEE, CALLER

SIGNED = ('Proxy-Authorization: Digest username="line"',)


def altered(text: str, *, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


ATTACKS: dict[str, tuple[bytes, Why]] = {
    "without a permit": (invite(passport=""), Why.NO_PERMIT),
    "with a word for one": (invite(passport="permit"), Why.FORM),
    "with an altered one": (invite(passport=altered(GENUINE, at=200)), Why.SIGNATURE),
    "with another's signature": (
        invite(passport=identity(permit_id=PERMIT, key=generate_private_key(SECP256R1()))),
        Why.SIGNATURE,
    ),
    "with no signature": (
        invite(passport=GENUINE.replace(GENUINE.partition(";")[0].rpartition(".")[2], "")),
        Why.SIGNATURE,
    ),
    "with an expired one": (invite(passport=identity(permit_id=PERMIT, age=11)), Why.EXPIRED),
    "with one of tomorrow": (invite(passport=identity(permit_id=PERMIT, age=-60)), Why.FUTURE),
    "with one of another trunk": (
        invite(passport=identity(permit_id=PERMIT, trunk="other")),
        Why.FOREIGN,
    ),
    "with one of another call": (invite(passport=identity(permit_id=OTHER)), Why.FOREIGN),
    "from no call of ours": (invite(call="stray"), Why.FOREIGN),
    "to another callee": (invite(uri=STRANGER), Why.CALLEE),
    "to another callee in To": (invite(to=STRANGER), Why.CALLEE),
    "to another callee in both": (invite(uri=STRANGER, to=STRANGER), Why.CALLEE),
    "to the number without its plus": (invite(uri=CALLEE[1:]), Why.CALLEE),
    "to the number at another host": (
        invite().replace(f"{CALLEE}@{HOST} SIP".encode(), f"{CALLEE}@192.0.2.1 SIP".encode()),
        Why.CALLEE,
    ),
    "from another number": (invite(caller="95013"), Why.CALLER),
    "showing another number": (invite(shown="95013"), Why.CALLER),
    "from another number in both": (invite(caller="95013", shown="95013"), Why.CALLER),
    "showing a name": (
        invite().replace(b"From: <", 'From: "警官" <'.encode()),
        Why.CALLER,
    ),
    "showing two numbers in one header": (
        invite().replace(b"P-Asserted-Identity: ", b"P-Asserted-Identity: <sip:110@x>, "),
        Why.CALLER,
    ),
    "showing two numbers in two headers": (
        invite(f"P-Asserted-Identity: <sip:110@{HOST}>"),
        Why.HEADER,
    ),
    "with two permits": (invite(f"Identity: {GENUINE}"), Why.HEADER),
    "with two permits, one short": (invite(f"y: {GENUINE}"), Why.HEADER),
    "with two To": (invite(f"t: <sip:{STRANGER}@{HOST}>"), Why.HEADER),
    "by way of somebody": (invite("Route: <sip:192.0.2.1;lr>"), Why.HEADER),
    "diverted": (invite("Diversion: <sip:110@x>"), Why.HEADER),
    "preferring another number": (invite("P-Preferred-Identity: <sip:110@x>"), Why.HEADER),
    "replacing a call": (invite("Replaces: abc"), Why.HEADER),
    "in no dialog": (invite(to_tag="them"), Why.IN_DIALOG),
    "behind empty lines": (b"\r\n\r\n" + invite(passport=""), Why.NO_PERMIT),
    "by REFER": (invite("Refer-To: <sip:1@x>").replace(b"INVITE", b"REFER"), Why.METHOD),
    "by a message": (invite().replace(b"INVITE", b"MESSAGE"), Why.METHOD),
    "in small letters": (invite().replace(b"INVITE", b"invite"), Why.METHOD),
    "that nobody can read": (b"INVITE sip:x SIP/2.0\r\n\r\n", Why.UNREADABLE),
}


class TestAttack:
    @pytest.mark.parametrize("name", ATTACKS)
    def test_does_not_leave_and_is_told_with_its_reason(self, name: str) -> None:
        attack, why = ATTACKS[name]
        gate = Gate()

        assert not gate.lets(attack)

        assert (gate.left, gate.refusals) == ([], [why])
        assert gate.lets(invite())  # and spends nothing

    def test_is_every_invite_where_no_key_is_known(self) -> None:
        gate = Gate(edge_key=None)

        assert not gate.lets(invite())

        assert gate.refusals == [Why.NO_KEY]

    @pytest.mark.parametrize(
        ("second", "why"),
        [
            (invite(branch="b2"), Why.SPENT),  # replayed
            (invite(call="c2"), Why.SPENT),
            (invite(passport=identity(permit_id=PERMIT, age=1), branch="b2"), Why.SPENT),
            (invite(uri=STRANGER, branch="b2"), Why.SPENT),  # a fork of ours, or a 302 followed
            (invite(caller="95013"), Why.SPENT),  # under the same branch
            (invite(*SIGNED, branch="b2", cseq=2), Why.CREDENTIALS),  # nobody has asked
            (invite(to_tag="them", branch="b2", cseq=2), Why.IN_DIALOG),  # nobody has answered
        ],
    )
    def test_is_a_second_call_on_one_permit(self, second: bytes, why: Why) -> None:
        gate = Gate()
        assert gate.lets(invite())

        assert not gate.lets(second)

        assert gate.refusals == [why]
        assert gate.left == [PERMIT]

    def test_is_a_permit_that_left_before_a_restart(self) -> None:
        gate = Gate()
        gate.leaving.edge.remember([(PERMIT, NOW)])

        assert not gate.lets(invite())

        assert gate.refusals == [Why.SPENT]

    def test_is_anything_once_the_clock_has_gone_back(self) -> None:
        gate = Gate()
        gate.leaving.edge.remember([(OTHER, NOW + timedelta(seconds=60))])

        assert not gate.lets(invite())

        assert gate.refusals == [Why.CLOCK]

    def test_is_a_re_invite_to_another_address_than_the_callees_own(self) -> None:
        gate = Gate()
        gate.lets(invite())
        gate.hears(answer(200, contact=f"sip:{CALLEE}@{HOST}"))

        assert not gate.lets(invite(uri=STRANGER, to_tag="them", branch="b2", cseq=2))
        assert not gate.lets(invite(to=STRANGER, to_tag="them", branch="b2", cseq=2))
        assert not gate.lets(invite(to_tag="somebody", branch="b2", cseq=2))

        assert gate.refusals == [Why.IN_DIALOG] * 3


class TestSpentPermits:
    def test_are_remembered_for_ten_minutes_however_many_they_are(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(edge, "MANY", 3)
        gate = Gate()
        older = [(f"p{age}", NOW - timedelta(minutes=age)) for age in range(1, 20)]
        gate.leaving.edge.remember(older)  # in whatever order

        assert gate.lets(invite())

        assert list(gate.leaving.edge._spent) == [*(f"p{age}" for age in range(9, 0, -1)), PERMIT]

    def test_are_remembered_longer_where_they_are_few(self) -> None:
        gate = Gate()
        gate.leaving.edge.remember([(OTHER, NOW - timedelta(days=1))])

        assert gate.lets(invite())

        assert list(gate.leaving.edge._spent) == [OTHER, PERMIT]


class TestCall:
    def test_leaves_again_when_sent_again_however_late(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate = Gate()
        late = invite(passport=identity(permit_id=PERMIT, age=9))

        assert gate.lets(late)
        monkeypatch.setattr(edge, "read", None)  # nobody reads the passport a second time
        assert gate.lets(late)

        assert (gate.left, gate.refusals) == ([PERMIT], [])

    def test_leaves_again_with_the_credentials_that_were_asked_for(self) -> None:
        gate = Gate()
        gate.lets(invite())
        gate.hears(answer(407))
        second = invite(*SIGNED, branch="b2", cseq=2)

        assert gate.lets(second)
        assert gate.lets(second)
        gate.hears(answer(407, cseq=2))  # a nonce that went stale
        assert gate.lets(invite(*SIGNED, branch="b3", cseq=3))
        gate.hears(answer(407, cseq=3))
        assert not gate.lets(invite(*SIGNED, branch="b4", cseq=4))

        assert (gate.left, gate.refusals) == ([PERMIT], [Why.SPENT])

    def test_is_invited_again_at_the_address_that_it_has_named(self) -> None:
        gate = Gate()
        gate.lets(invite())
        gate.hears(answer(200, contact=f"sip:{CALLEE}@{HOST}"))

        assert gate.lets(invite(to_tag="them", branch="b2", cseq=2, passport=""))

        assert gate.refusals == []

    def test_leaves_without_its_passport_which_is_nobodys_business(self) -> None:
        bare = Gate().leaving.let(invite())
        behind_an_edge = Gate(edge_host="127.0.0.1").leaving.let(invite())

        assert bare == invite(passport="")
        assert behind_an_edge == invite()

    def test_is_told_once_with_what_its_bytes_say(self) -> None:
        gate = Gate()

        for packet in (invite(), invite(), b"REGISTER sip:x SIP/2.0\r\n\r\n", b"\r\n\r\n"):
            assert gate.lets(packet)

        assert gate.told == [
            InviteSent(
                permit_id=PERMIT, call_id="c1", callee=CALLEE, caller=CALLER, disguised=False
            )
        ]

    def test_stays_while_it_cannot_be_written_down(self) -> None:
        gate = Gate()
        tries: list[InviteSent] = []

        def note(sent: InviteSent) -> None:
            tries.append(sent)
            if len(tries) == 1:
                raise OSError("No space left on device")

        gate.leaving.note = note

        assert not gate.lets(invite())
        assert gate.lets(invite())  # tried again with the next sending
        assert gate.lets(invite())
        assert tries == [replace(tries[0])] * 2
