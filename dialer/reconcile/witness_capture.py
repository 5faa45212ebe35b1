"""A capture of the wire (pcap or pcapng) as a witness: the calls whose INVITE it shows.

UDP and TCP, IPv4 and IPv6, as tcpdump writes them. Of a datagram in fragments the first has the
headers. What is encrypted on the way shows nothing.
"""

import hashlib
import io
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dpkt

from dialer.lines.sip.invites import INVITE, InviteCount, invite_sent
from dialer.lines.sip.packet import BadPacketError, Packet, read_packet
from dialer.reconcile.matching import Seen
from dialer.reconcile.spelling import same_number
from dialer.reconcile.tcp_streams import Streams
from dialer.reconcile.witness_csv import UNREADABLE, Witness, WitnessError, file_bytes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOPBACK_LINK = {dpkt.pcap.DLT_NULL, dpkt.pcap.DLT_LOOP}
_RAW = {12, 14, 101}  # LINKTYPE_RAW, and what some systems write for it
_FRAMES = {
    dpkt.pcap.DLT_EN10MB: dpkt.ethernet.Ethernet,
    dpkt.pcap.DLT_LINUX_SLL: dpkt.sll.SLL,
    dpkt.pcap.DLT_LINUX_SLL2: dpkt.sll2.SLL2,
}


def read_capture(path: Path, *, carriers: frozenset[str] = frozenset()) -> Witness:
    """Read a capture; calls that a carrier's address makes to us are not ours.

    :raises WitnessError: if it is no capture, or of a kind of link that we do not know
    """
    data = file_bytes(path)
    try:
        seen = tuple(_calls(data, carriers))
    except (ValueError, dpkt.Error, OSError) as error:
        raise WitnessError(UNREADABLE.filled(file=path.name, why=error)) from error
    return Witness(kind="capture", sha256=hashlib.sha256(data).hexdigest(), seen=seen)


def _calls(data: bytes, carriers: frozenset[str]) -> Iterator[Seen]:
    count = InviteCount()
    for at, message in _invites(data, carriers):
        try:
            packet = read_packet(message)
        except BadPacketError:
            continue
        if count.is_new(packet):
            count.keep(packet)
            yield _seen(packet, at)


def _seen(packet: Packet, at: datetime) -> Seen:
    sent = invite_sent(packet, permit_id="")
    return Seen(
        at=at,
        callee=same_number(sent.callee),
        caller=same_number(sent.caller),
        call_id=sent.call_id,
        disguised=sent.disguised,
    )


def _invites(data: bytes, carriers: frozenset[str]) -> Iterator[tuple[datetime, bytes]]:
    """Yield whatever begins as an INVITE does, in the order of the capture."""
    streams = Streams()
    for seconds, ip in _packets(data):
        part = ip.data
        if isinstance(part, dpkt.tcp.TCP):
            flow = (ip.src, part.sport, ip.dst, part.dport)
            messages = streams.take(flow, part.seq, bytes(part.data), begins=_is_syn(part))
        elif isinstance(part, dpkt.udp.UDP):
            messages = [bytes(part.data).lstrip(b"\r\n")]
        else:
            continue
        for message in messages:
            if message.startswith(INVITE) and not _comes_in(ip, carriers):
                yield _EPOCH + timedelta(seconds=seconds), message


def _is_syn(part: Any) -> bool:
    return bool(part.flags & dpkt.tcp.TH_SYN)


def _packets(data: bytes) -> Iterator[tuple[float, Any]]:
    reader = _reader(data)
    link = reader.datalink()
    if link not in _FRAMES and link not in _RAW and link not in _LOOPBACK_LINK:
        raise ValueError(f"link type {link}")
    for at, frame in reader:
        ip = _ip(link, frame)
        if ip is not None:
            yield float(at), ip


def _reader(data: bytes) -> Any:
    file = io.BytesIO(data)
    try:
        return dpkt.pcap.Reader(file)
    except ValueError:
        file.seek(0)
        return dpkt.pcapng.Reader(file)


def _ip(link: int, frame: bytes) -> Any:
    """Return the IP packet in a frame, or None where there is none that can be read."""
    try:
        if link in _FRAMES:
            inside = _FRAMES[link](frame).data
        else:
            raw = frame[4:] if link in _LOOPBACK_LINK else frame
            inside = dpkt.ip6.IP6(raw) if raw[:1] >= b"\x60" else dpkt.ip.IP(raw)
    except dpkt.Error:
        return None
    return inside if isinstance(inside, dpkt.ip.IP | dpkt.ip6.IP6) else None


def _comes_in(ip: Any, carriers: frozenset[str]) -> bool:
    """Return whether a carrier calls us; on one machine it is not the address that tells."""
    return _address(ip.src) in carriers and _address(ip.dst) not in carriers


def _address(packed: bytes) -> str:
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6  # noqa: PLR2004 - bytes
    return socket.inet_ntop(family, packed)
