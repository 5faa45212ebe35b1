"""Packets as carriers really write them."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialer.lines.sip.packet import (
    BRANCH,
    LONGEST,
    TAG,
    BadPacketError,
    address_of,
    read_packet,
)

PLAIN = (
    "SIP/2.0 486 Busy Here\r\n"
    "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;rport\r\n"
    "From: <sip:1@x>;tag=f\r\nTo: <sip:2@x>;tag=t\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n"
    'Contact: <sip:2@10.0.0.2:5070>\r\nReason: Q.850;cause=17;text="busy"\r\n\r\n'
)
ODD = (
    "SIP/2.0  486 Busy Here\n"
    "v :SIP/2.0/UDP 10.0.0.1:5060;rport; branch = z9hG4bKa ,SIP/2.0/UDP b;branch=z9hG4bKb\n"
    "f:\"A, B\" <sip:1@x>\n ;x=y;Tag=f\nt: tel:2;tag=t;z\ni:c\nCSEQ:7   INVITE\n"
    "m: \"x\" <sip:2@10.0.0.2:5070>;q=1\nreason: SIP;cause=1, Q.850 ;text=\"a\";cause=17\n\n"
)  # fmt: skip
PIECES = ["<sip:a@b>", ";tag=", ";branch=", ";Tag = ", "; branch=", *";, >", "x1-"]


class TestPacket:
    @pytest.mark.parametrize("text", [PLAIN, ODD.replace("SIP/2.0  486", "SIP/2.0 486")])
    def test_says_the_same_however_it_is_written(self, text: str) -> None:
        packet = read_packet(text.encode())

        assert (packet.code, packet.method, packet.cseq) == (486, "INVITE", 7)
        assert (packet.call_id, packet.branch) == ("c", "z9hG4bKa")
        assert (packet.from_tag, packet.to_tag) == ("f", "t")
        assert (packet.contact, packet.q850) == ("sip:2@10.0.0.2:5070", 17)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            PLAIN.replace("486", "4866"),
            PLAIN.replace("486 ", "x "),
            PLAIN.replace("CSeq: 7 INVITE", "CSeq: x INVITE"),
            PLAIN.replace("CSeq: 7 INVITE", "CSeq: ٧ INVITE"),
            PLAIN.replace("Call-ID: c\r\n", ""),
            PLAIN.replace("SIP/2.0 486 Busy Here", "BYE sip:x SIP/2.0"),
            PLAIN.replace("SIP/2.0 486 Busy Here", "INVITE sip:x SIP/3.0"),
        ],
    )
    def test_is_refused_when_it_cannot_be_acted_upon(self, text: str) -> None:
        with pytest.raises(BadPacketError):
            read_packet(text.encode())

    def test_lists_routes_that_share_a_line_in_their_order(self) -> None:
        text = PLAIN.replace("Contact", "Record-Route: <sip:a;lr>, <sip:b;lr>\r\nContact")

        assert read_packet(text.encode()).headers["record-route"] == ["<sip:a;lr>", "<sip:b;lr>"]

    @pytest.mark.parametrize("header", ["Via", "Contact", "Record-Route", "Reason", "From"])
    @pytest.mark.parametrize("unit", [",", "a, ", '",', "<,", "<", '"<', "Q.850;", ";tag=", " "])
    def test_is_read_at_once_however_it_is_meant(self, header: str, unit: str) -> None:
        """One packet of 20 KB of commas once held the reactor up for 14 seconds."""
        flood = (f"{header}: x" + unit * 16_000)[: LONGEST - len(PLAIN) - 2]
        data = PLAIN.replace("Contact", f"{flood}\r\nContact").encode()
        began = time.perf_counter()

        packet = read_packet(data)
        said = (packet.contact, packet.branch, packet.from_tag, packet.to_tag, packet.q850)

        assert len(said) == 5
        assert time.perf_counter() - began < 0.5

    def test_is_refused_when_it_is_longer_than_any(self) -> None:
        whole = (PLAIN + "x" * LONGEST)[:LONGEST].encode()

        assert read_packet(whole).code == 486
        with pytest.raises(BadPacketError):
            read_packet(whole + b"x")

    @pytest.mark.parametrize(
        ("value", "parts"),
        [
            ('"a,b" <sip:1>, <sip:2,3>;x', ['"a,b" <sip:1>', "<sip:2,3>;x"]),
            ('<sip:1>, "open, <sip:2>', ["<sip:1>", '"open, <sip:2>']),
            ("<sip:1>,,<sip:2", ["<sip:1>", "", "<sip:2"]),
        ],
    )
    def test_parts_a_list_outside_quotes_and_brackets(self, value: str, parts: list[str]) -> None:
        text = PLAIN.replace("Contact", f"Record-Route: {value}\r\nContact")

        assert read_packet(text.encode()).headers["record-route"] == parts

    @given(st.binary(max_size=400))
    def test_never_fails_in_another_way(self, data: bytes) -> None:
        for given_data in (data, PLAIN.encode()[: len(data)] + data):
            try:
                packet = read_packet(given_data)
            except BadPacketError:
                continue
            assert packet.call_id

    def test_keeps_an_address_without_brackets(self) -> None:
        assert address_of("sip:a@b;tag=x") == "sip:a@b"
        assert address_of('"x" <sip:a@b;lr>;tag=x') == "sip:a@b;lr"

    @example("sip:a@b>;Tag = one>;tag=two")
    @example("sip:a@b>;tag=t;x")
    @example("; branch=one;branch=two")
    @given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
    def test_has_the_tag_and_the_branch_that_the_long_way_round_finds(self, value: str) -> None:
        text = PLAIN.replace("<sip:2@x>;tag=t", f"<{value}").replace("SIP/2.0/UDP", f"x{value}")
        packet = read_packet(text.encode())

        tag, branch = TAG.search(packet.first("to")), BRANCH.search(packet.first("via"))

        assert packet.to_tag == (tag.group(1) if tag else "")
        assert packet.branch == (branch.group(1) if branch else "")
