"""What one permit covers on the wire."""

from typing import Any

import pytest

from dialer.lines.sip.invites import KEPT, InviteCount
from dialer.lines.sip.packet import read_packet

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
            ({"extra": ["Min-SE: 120"], "branch": "b2", "cseq": 2}, 1),  # after 422: RFC 4028 7.4
            ({"extra": ["Min-SE: 0"], "branch": "b2", "cseq": 2}, 2),
            ({"extra": ["Min-SE: 120"], "branch": "b2", "cseq": 3}, 2),
            ({"extra": ["Min-SE: 120"], "branch": "b2", "cseq": 2, "call": "c2"}, 2),
            ({"extra": ["Min-SE: x"], "branch": "b2", "cseq": 2}, 2),
            ({"to_tag": "them", "branch": "b2", "cseq": 2}, 1),  # inside the dialog
            ({"branch": "b2", "cseq": 2}, 2),  # nobody asked for credentials
            ({"extra": [SIGNED], "branch": "b2", "cseq": 3}, 2),
            ({"extra": [SIGNED], "branch": "b2", "cseq": 1}, 2),
            ({"extra": [SIGNED], "branch": "b2", "cseq": 2, "call": "c2"}, 2),
            ({"branch": "b2", "call": "c2"}, 2),  # redirected, or forked by us
            ({"call": "c2"}, 2),
            ({"callee": "+8613800138001"}, 2),  # the same branch to somebody else
            ({"to": "+8613800138001"}, 2),
            ({"shown": "01088886666"}, 2),
            ({"extra": ["Identity: another"]}, 2),
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

    def test_bears_two_longer_sessions_and_no_third(self) -> None:
        again = [invite(f"Min-SE: {n}00", branch=f"b{n}", cseq=n) for n in (2, 3, 4)]

        assert counted(invite(), *again[:2], *again[:2]) == 1
        assert counted(invite(), *again) == 2
        assert counted(invite(), again[0], invite("Min-SE: 200", branch="b3", cseq=3)) == 2

    def test_forgets_the_oldest_and_counts_rather_too_much(self) -> None:
        many = [invite(call=f"d{n}") for n in range(KEPT)]

        assert counted(invite(), *many, invite()) == KEPT + 2

    def test_takes_no_empty_branch_for_a_repetition(self) -> None:
        bare = invite().replace(b";branch=z9hG4bKb1", b"")

        assert counted(bare, bare) == 2
