"""Captures: pcap and pcapng, UDP and TCP, IPv4 and IPv6, in whatever order segments come."""

import io
import itertools
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.reconcile.tcp_streams import Streams
from dialer.reconcile.witness_capture import read_capture
from dialer.reconcile.witness_csv import WitnessError
from tests.dialer.lines.sip.test_invites import SIGNED, invite

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
US, CARRIER = "192.0.2.10", "192.0.2.20"
FLOW = (b"a", 1, b"b", 2)


def ip(part: Any, *, protocol: int, src: str = US, dst: str = CARRIER, version: int = 4) -> Any:
    if version == 6:
        ends = [socket.inet_pton(socket.AF_INET6, end) for end in ("2001:db8::1", "2001:db8::2")]
        packet = dpkt.ip6.IP6(nxt=protocol, src=ends[0], dst=ends[1], data=part, plen=len(part))
        packet.extension_hdrs = {}
        return packet
    return dpkt.ip.IP(
        p=protocol,
        src=socket.inet_aton(src),
        dst=socket.inet_aton(dst),
        data=part,
        len=20 + len(part),
    )


def datagram(data: bytes, **ends: Any) -> Any:
    udp = dpkt.udp.UDP(sport=5060, dport=5060, data=data, ulen=8 + len(data))
    return ip(udp, protocol=dpkt.ip.IP_PROTO_UDP, **ends)


def segment(seq: int, data: bytes, *, flags: int = dpkt.tcp.TH_ACK) -> Any:
    tcp = dpkt.tcp.TCP(sport=40_000, dport=5060, seq=seq, flags=flags, data=data)
    return ip(tcp, protocol=dpkt.ip.IP_PROTO_TCP)


def ethernet(packet: Any) -> bytes:
    kind = dpkt.ethernet.ETH_TYPE_IP6 if packet.v == 6 else dpkt.ethernet.ETH_TYPE_IP
    frame: bytes = bytes(dpkt.ethernet.Ethernet(data=packet, type=kind))
    return frame


def capture(
    tmp_path: Path,
    *packets: Any,
    link: int = dpkt.pcap.DLT_EN10MB,
    frame: Callable[[Any], bytes] = ethernet,
    writer: Any = dpkt.pcap.Writer,
) -> Path:
    path = tmp_path / "wire.pcap"
    out = io.BytesIO()
    book = writer(out, linktype=link) if writer is dpkt.pcap.Writer else writer(out)
    for number, packet in enumerate(packets):
        book.writepkt(frame(packet), ts=AT.timestamp() + number)
    path.write_bytes(out.getvalue())
    return path


class TestCapture:
    @pytest.mark.parametrize("version", [4, 6])
    @pytest.mark.parametrize("writer", [dpkt.pcap.Writer, dpkt.pcapng.Writer])
    def test_shows_each_call_once(self, tmp_path: Path, version: int, writer: Any) -> None:
        wire = [invite(), invite(), invite(SIGNED, branch="b2", cseq=2), invite(call="c2")]
        packets = [datagram(data, version=version) for data in wire]

        witness = read_capture(capture(tmp_path, *packets, writer=writer))

        assert [one.call_id for one in witness.seen] == ["c1", "c2"]
        assert witness.seen[0].at == AT
        assert (witness.seen[0].callee, witness.seen[0].caller) == ("+8613800138000", "9512301")

    @pytest.mark.parametrize(
        ("link", "frame"),
        [
            (101, bytes),
            (dpkt.pcap.DLT_NULL, lambda packet: b"\2\0\0\0" + bytes(packet)),
            (
                dpkt.pcap.DLT_LINUX_SLL,
                lambda p: b"\0\0\0\1\0\6" + b"\0" * 8 + b"\x08\0" + bytes(p),
            ),
        ],
    )
    def test_may_be_of_another_kind_of_link(
        self, tmp_path: Path, link: int, frame: Callable[[Any], bytes]
    ) -> None:
        path = capture(tmp_path, datagram(invite()), link=link, frame=frame)

        assert len(read_capture(path).seen) == 1

    def test_leaves_out_calls_that_the_carrier_makes_to_us(self, tmp_path: Path) -> None:
        inward = datagram(invite(call="in"), src=CARRIER, dst=US)
        path = capture(tmp_path, inward, datagram(invite()))

        seen = read_capture(path, carriers=frozenset({CARRIER})).seen

        assert [one.call_id for one in seen] == ["c1"]

    def test_passes_over_what_is_no_call(self, tmp_path: Path) -> None:
        noise = [b"", b"\r\n\r\n", b"INVITE", b"OPTIONS sip:x SIP/2.0\r\n\r\n", b"\x80\0" * 40]
        path = capture(tmp_path, *map(datagram, noise), datagram(b"\r\n" + invite()))

        assert len(read_capture(path).seen) == 1

    def test_reads_tcp_in_whatever_order_segments_come(self, tmp_path: Path) -> None:
        whole = invite() + invite(call="c2", to_tag="t") + invite(call="c3")
        middle = len(whole) // 2
        packets = [
            segment(99, b"", flags=dpkt.tcp.TH_SYN),
            segment(100 + middle, whole[middle:]),
            segment(100, whole[: middle + 10]),
            segment(100, whole[:20]),  # sent again
        ]

        seen = read_capture(capture(tmp_path, *packets)).seen

        assert [one.call_id for one in seen] == ["c1", "c3"]

    @pytest.mark.parametrize("data", [b"", b"no capture at all", b"\xd4\xc3\xb2\xa1half"])
    def test_that_is_none_is_refused(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "wire.pcap"
        path.write_bytes(data)

        with pytest.raises(WitnessError, match="cannot be read"):
            read_capture(path)

    def test_of_a_link_that_nobody_knows_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(WitnessError, match="link type 127"):
            read_capture(capture(tmp_path, datagram(invite()), link=127))


class TestStreams:
    @given(
        start=st.integers(0, 2**32 - 1),
        cuts=st.sets(st.integers(1, 600), max_size=8),
        order=st.randoms(use_true_random=False),
        again=st.booleans(),
    )
    def test_give_the_same_messages_however_they_are_cut_and_ordered(
        self,
        start: int,
        cuts: set[int],
        order: Any,
        again: bool,  # noqa: FBT001
    ) -> None:
        body = b"Content-Length: 4\r\n\r\nbody"
        whole = [invite().replace(b"\r\n\r\n", b"\r\n" + body), invite(call="c2")]
        text = b"".join(whole)
        ends = sorted(cut for cut in cuts if cut < len(text))
        places = [0, *ends, len(text)]
        parts = [(a, text[a:b]) for a, b in itertools.pairwise(places)]
        order.shuffle(parts)
        streams = Streams()
        found = streams.take(FLOW, start, b"", begins=True)

        for place, part in parts * (1 + again):
            found += streams.take(FLOW, (start + 1 + place) % 2**32, part, begins=False)

        assert found == whole

    def test_go_on_behind_a_segment_that_the_capture_lost(self) -> None:
        streams = Streams()
        streams.take(FLOW, 0, b"", begins=True)
        lost = 1000
        block = b"x" * 60_000 + b"\r\n\r\n"
        at = 1 + lost
        found: list[bytes] = []
        for _ in range(20):
            found += streams.take(FLOW, at, block, begins=False)
            at += len(block)

        found += streams.take(FLOW, at, invite(), begins=False)

        assert found[-1] == invite()
