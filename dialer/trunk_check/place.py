"""The trunk as this machine sees it: the carrier's address, our own, and the ports for audio."""

import ipaddress
import socket
from contextlib import closing, suppress
from dataclasses import dataclass

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dns import (
    DEFAULT_PORT,
    NoAddressError,
    NoAnswerError,
    Question,
    find,
    literal,
)
from dialer.trunk_check.finding import NAME, ROUTE, RTP, Finding, broken, fine

PORTS_HOW = (
    "关闭占用这些端口的程序，或换一段端口；防火墙须放行同一段 UDP。",
    "Stop what holds them or choose another range; the firewall has to pass the same UDP range.",
)
LOCAL_HOW = (
    "用 manage.py trunk_endpoint set --local-host 填本机通往运营商的地址。",
    "Name this machine's address towards the carrier: trunk_endpoint set --local-host.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Where the carrier is."""

    host: str
    port: int


def udp_socket(host: str) -> socket.socket:
    """Open a socket of the address's family."""
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)


def name_found(config: TrunkConfig) -> tuple[Finding, Peer | None]:
    """Find the address that packets go to: the carrier's, or its edge's, as the line would."""
    host, port = config.next_hop
    if address := literal(host):
        peer = Peer(host=address, port=port or DEFAULT_PORT)
        return fine(NAME, f"地址 {host}，无需解析。", f"The address is {host}."), peer
    question = Question(host=host, port=port, ipv6=config.ipv6, servers=config.name_servers)
    try:
        addresses = find(question).addresses
    except NoAddressError:
        how = (
            "核对主机名；只有 IPv6 的名字须配 IPv6 的本机地址。",
            "Check the name; a name of IPv6 only needs a local address of IPv6.",
        )
        return broken(NAME, f"{host} 没有地址。", f"{host} leads nowhere.", do=how), None
    except (NoAnswerError, ValueError) as error:
        how = (
            "检查本机 DNS（/etc/resolv.conf）；可先改填运营商给的 IP。",
            "Check this machine's DNS (/etc/resolv.conf), or use the carrier's address.",
        )
        zh, en = (
            f"没有域名服务器回答 {host}：{error}",
            f"No name server says where {host} is: {error}",
        )
        return broken(NAME, zh, en, do=how), None
    said = ", ".join(f"{each}:{number}" for each, number in addresses)
    peer = Peer(host=addresses[0][0], port=addresses[0][1])
    return fine(NAME, f"{host} 解析为 {said}。", f"{host} is {said}."), peer


def route_found(config: TrunkConfig, peer: Peer) -> Finding:
    """Look whether packets to the carrier can leave by the address that we name as ours."""
    with closing(udp_socket(config.local_host)) as probe:
        try:
            probe.bind((config.local_host, 0))
        except OSError as error:
            return broken(
                ROUTE,
                f"本机没有地址 {config.local_host}：{error}",
                f"This machine has no address {config.local_host}: {error}",
                do=LOCAL_HOW,
            )
        if _is_loopback(config.local_host) and not _is_loopback(peer.host):
            return _no_route(config, peer, "loopback address")
        try:
            probe.connect((peer.host, peer.port))
        except OSError as error:
            return _no_route(config, peer, str(error))
    return fine(
        ROUTE,
        f"本机以 {config.local_host} 通往 {peer.host}。",
        f"{peer.host} is reached from {config.local_host}.",
    )


def _no_route(config: TrunkConfig, peer: Peer, why: str) -> Finding:
    best = _chosen_by_the_kernel(peer)
    hint = f"；可用 {best}" if best else ""
    return broken(
        ROUTE,
        f"从 {config.local_host} 到 {peer.host} 没有路由（{why}）{hint}。",
        f"No route from {config.local_host} to {peer.host} ({why})"
        + (f"; {best} would do." if best else "."),
        do=LOCAL_HOW,
    )


def _chosen_by_the_kernel(peer: Peer) -> str:
    with closing(udp_socket(peer.host)) as probe, suppress(OSError):
        probe.connect((peer.host, peer.port))
        return str(probe.getsockname()[0])
    return ""


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def rtp_found(config: TrunkConfig, *, live: int) -> Finding:
    """Count the even ports of the range that are free; `live` calls hold one each."""
    low, high = config.rtp_ports
    ports = range(low + low % 2, high, 2)
    free = sum(_is_free(config.local_host, port) for port in ports)
    zh = f"端口 {low}–{high}：可用 {free} 个，合同并发 {config.max_calls} 路。"
    en = f"Ports {low}-{high}: {free} are free, the contract allows {config.max_calls} calls."
    if free + live < config.max_calls:
        return broken(RTP, zh, en, do=PORTS_HOW)
    return fine(RTP, zh, en)


def _is_free(host: str, port: int) -> bool:
    with closing(udp_socket(host)) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
