"""The trunk as this machine sees it: the carrier's address, our own, and the ports for audio."""

import ipaddress
import socket
from contextlib import closing, suppress
from dataclasses import dataclass

from dialer.lines.sip_config import TrunkConfig
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


def name_found(config: TrunkConfig) -> tuple[Finding, Peer | None]:
    """Resolve the carrier's name."""
    try:
        host = socket.gethostbyname(config.host)
    except (OSError, UnicodeError) as error:
        finding = broken(
            NAME,
            f"{config.host} 无法解析：{error}",
            f"{config.host} does not resolve: {error}",
            do=(
                "核对主机名和本机 DNS；可先改填运营商给的 IP。",
                "Check the name and this machine's DNS; or use the address the carrier gave.",
            ),
        )
        return finding, None
    said = host if host == config.host else f"{config.host} = {host}"
    return fine(NAME, f"运营商地址 {said}。", f"The carrier is {said}."), Peer(
        host=host, port=config.port
    )


def route_found(config: TrunkConfig, peer: Peer) -> Finding:
    """Look whether packets to the carrier can leave by the address that we name as ours."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
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
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
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
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
