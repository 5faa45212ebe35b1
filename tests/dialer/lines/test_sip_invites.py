"""What one permit covers on the wire, and that nothing leaves that is not written down."""

from typing import Any

import pytest

from dialer.lines.base import InviteSent
from dialer.lines.sip_invites import KEPT, InviteCount, Leaving
from dialer.lines.sip_packet import read_packet

CALLEE = "+8613800138000"


def invite(
    *extra: str,
    call: str = "c1",
    branch: str = "b1",
    cseq: int = 1,
    callee: str = CALLEE,
    to: str = "",
    to_tag: str = "",
    shown: str = "9512301",
) -> bytes:
    tag = f";tag={to_tag}" if to_tag else ""
    lines = [
        f"INVITE sip:{callee}@carrier.test SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK{branch}",
        f"P-Asserted-Identity: <sip:{shown}@carrier.test>",
        "From: <sip:9512301@carrier.test>;tag=us",
        f"To: <sip:{to or callee}@carrier.test>{tag}",
        f"Call-ID: {call}",
        f"CSeq: {cseq} INVITE",
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


SIGNED = 'Proxy-Authorization: Digest username="line"'


def counted(*messages: bytes) -> int:
    count, found = InviteCount(), 0
    for message in messages:
        packet = read_packet(message)
        if count.is_new(packet):
            count.keep(packet)
            found += 1
    return found


class TestInviteCount:
    @pytest.mark.parametrize(
        ("second", "calls"),
        [
            ({}, 1),  # sent again: RFC 3261 17.1.1.2
            ({"extra": [SIGNED], "branch": "b2", "cseq": 2}, 1),  # with credentials: 22.2
            ({"extra": ["Authorization: Digest x"], "branch": "b2", "cseq": 2}, 1),
            ({"to_tag": "them", "branch": "b2", "cseq": 2}, 1),  # inside the dialog
            ({"branch": "b2", "cseq": 2}, 2),  # nobody asked for credentials
            ({"extra": [SIGNED], "branch": "b2", "cseq": 3}, 2),
            ({"extra": [SIGNED], "branch": "b2", "cseq": 1}, 2),
            ({"extra": [SIGNED], "branch": "b2", "cseq": 2, "call": "c2"}, 2),
            ({"branch": "b2", "call": "c2"}, 2),  # redirected, or forked by us
            ({"call": "c2"}, 2),
            ({"callee": "+8613800138001"}, 2),  # the same branch to somebody else
            ({"to": "+8613800138001"}, 2),
        ],
    )
    def test_counts_calls_and_not_packets(self, second: dict[str, Any], calls: int) -> None:
        changes = {name: value for name, value in second.items() if name != "extra"}

        again = invite(*second.get("extra", ()), **changes)

        assert counted(invite(), again) == calls

    def test_bears_two_answers_to_challenges_and_no_third(self) -> None:
        again = [invite(SIGNED, branch=f"b{n}", cseq=n) for n in (2, 3, 4)]

        assert counted(invite(), *again[:2], *again[:2]) == 1
        assert counted(invite(), *again) == 2

    def test_forgets_the_oldest_and_counts_rather_too_much(self) -> None:
        many = [invite(call=f"d{n}") for n in range(KEPT)]

        assert counted(invite(), *many, invite()) == KEPT + 2

    def test_takes_no_empty_branch_for_a_repetition(self) -> None:
        bare = invite().replace(b";branch=z9hG4bKb1", b"")

        assert counted(bare, bare) == 2


class TestLeaving:
    def test_tells_of_each_call_once_what_its_bytes_say(self) -> None:
        told: list[InviteSent] = []
        leaving = Leaving(permit_of=lambda call: {"c1": "p1"}[call])
        leaving.note = told.append

        assert leaving.may_leave(invite())
        assert leaving.may_leave(invite())
        assert leaving.may_leave(b"REGISTER sip:x SIP/2.0\r\n\r\n")

        assert told == [
            InviteSent(
                permit_id="p1", call_id="c1", callee=CALLEE, caller="9512301", disguised=False
            )
        ]

    @pytest.mark.parametrize("changes", [{"to": "+8613800138001"}, {"shown": "01088886666"}])
    def test_says_when_headers_name_two_numbers(self, changes: dict[str, Any]) -> None:
        told: list[InviteSent] = []
        leaving = Leaving(permit_of=lambda _call: "p")
        leaving.note = told.append

        leaving.may_leave(invite(**changes))

        assert told[0].disguised

    def test_keeps_back_what_cannot_be_written_down(self) -> None:
        tries: list[InviteSent] = []

        def note(sent: InviteSent) -> None:
            tries.append(sent)
            if len(tries) == 1:
                raise OSError("No space left on device")

        leaving = Leaving(permit_of=lambda _call: "p")
        leaving.note = note

        assert not leaving.may_leave(invite())
        assert leaving.may_leave(invite())  # tried again with the next sending
        assert leaving.may_leave(invite())
        assert len(tries) == 2

    def test_keeps_back_an_invite_that_it_cannot_read(self) -> None:
        assert not Leaving(permit_of=lambda _call: "p").may_leave(b"INVITE sip:x SIP/2.0\r\n\r\n")
