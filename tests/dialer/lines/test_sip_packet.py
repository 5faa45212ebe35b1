"""Packets as carriers really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip_packet import BadPacketError, address_of, read_packet

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
