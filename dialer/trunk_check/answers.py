"""What the carrier's answers to OPTIONS and REGISTER say about the trunk; nothing is sent here."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.packet import Packet
from dialer.trunk_check.finding import (
    CLOCK,
    CODECS,
    NAT,
    REACH,
    REGISTER,
    Finding,
    broken,
    fine,
    note,
)
from dialer.trunk_check.talk import Asked

RECEIVED = re.compile(r";\s*received\s*=\s*([^;,\s]+)", re.IGNORECASE)
RPORT = re.compile(r";\s*rport\s*=\s*([0-9]{1,5})", re.IGNORECASE)
FORMATS = re.compile(rb"^m=audio [0-9]+ [A-Z/]+ ([0-9 ]+)", re.MULTILINE)
EVENTS = re.compile(rb"^a=rtpmap:[0-9]+ +telephone-event/8000", re.MULTILINE | re.IGNORECASE)
G711 = {0: "PCMU", 8: "PCMA"}
SKEW_NOTED_SECONDS = 2
SKEW_BROKEN_SECONDS = 5  # a permit lives for ten, and an edge refuses one from the future
OK, FORBIDDEN, NOT_FOUND, DOES_NOT_EXIST = 200, 403, 404, 604
ANSWERED_BY_NOBODY = (
    "请运营商放行本机地址和端口；检查防火墙是否放行出站和回程 UDP。",
    "Have the carrier allow this machine's address; let UDP out and back through the firewall.",
)
NAT_HOW = (
    "防火墙须把 RTP 端口段和 SIP 端口原样转发到本机；或给本机公网地址。",
    "Forward the RTP range and the SIP port to it unchanged, or give it a public address.",
)


def reach_found(asked: Asked) -> Finding:
    """Say whether the carrier answers at all."""
    if asked.reply is not None:
        said = f"{asked.reply.code} {asked.reply.phrase}"
        return fine(REACH, f"运营商回应 {said}。", f"The carrier answers {said}.")
    if asked.elsewhere:
        return broken(
            REACH,
            f"回应来自另一地址 {asked.elsewhere}，线路只听运营商的地址。",
            f"The answer comes from {asked.elsewhere}; the line hears the carrier's address only.",
            do=("接入点改填该地址。", "Set the endpoint to that address."),
        )
    if asked.refused:
        return broken(
            REACH,
            "该地址的端口没有服务（ICMP 端口不可达）。",
            "Nobody listens on that port (ICMP port unreachable).",
            do=("核对主机和端口。", "Check the host and the port."),
        )
    return broken(
        REACH,
        "4 秒内毫无回应。",
        "Not one answer within 4 seconds.",
        do=ANSWERED_BY_NOBODY,
    )


def register_found(asked: Asked, *, username: str) -> Finding:
    """Tell a wrong password from an unknown account and from silence."""
    reply = asked.reply
    if reply is None:
        return broken(
            REGISTER,
            "注册服务器没有回应 REGISTER。",
            "The registrar does not answer REGISTER.",
            do=(
                "它也许在另一台主机，或该线路按 IP 接入：核对合同。",
                "It may be another host, or the trunk goes by address: check the contract.",
            ),
        )
    said = f"{reply.code} {reply.phrase}".strip()
    if reply.code == OK:
        return fine(
            REGISTER,
            f"账号 {username} 的密码被接受；没有改动任何注册。",
            f"The password of {username} is accepted; no registration was changed.",
        )
    if reply.code in CHALLENGES and not asked.proved:
        return broken(
            REGISTER,
            f"质询无法应答：{said}，算法不是 MD5 或 SHA-256。",
            f"The challenge cannot be answered: {said}, neither MD5 nor SHA-256.",
            do=("请运营商改用 MD5 或 SHA-256 摘要。", "Ask the carrier for MD5 or SHA-256."),
        )
    if reply.code in CHALLENGES or (reply.code == FORBIDDEN and asked.proved):
        return broken(
            REGISTER,
            f"账号 {username} 的密码不对（{said}）。",
            f"The password of {username} is wrong ({said}).",
            do=(
                "用 manage.py trunk_endpoint set --password-file 重设密码。",
                "Set it anew: manage.py trunk_endpoint set --password-file.",
            ),
        )
    if reply.code in {FORBIDDEN, NOT_FOUND, DOES_NOT_EXIST}:
        return broken(
            REGISTER,
            f"注册服务器不认识账号 {username}（{said}）。",
            f"The registrar does not know the account {username} ({said}).",
            do=(
                "核对账号名；新账号请运营商开通。",
                "Check the name; have the carrier open a new account.",
            ),
        )
    return broken(
        REGISTER,
        f"注册服务器拒绝：{said}。",
        f"The registrar refuses: {said}.",
        do=("请运营商说明。", "Ask the carrier why."),
    )


def nat_found(reply: Packet, *, local: tuple[str, int], public: str = "") -> Finding:
    """Compare the address that the carrier saw with the one that we wrote (RFC 3581)."""
    via = reply.first("via")
    received, rport = RECEIVED.search(via), RPORT.search(via)
    if received is None and rport is None:
        return note(
            NAT,
            "运营商不回填 received/rport，看不出是否经过地址转换。",
            "The carrier fills in no received or rport: whether there is NAT cannot be told.",
        )
    host = received.group(1) if received else local[0]
    port = int(rport.group(1)) if rport else local[1]
    if (host, port) == local:
        return fine(NAT, "没有地址转换。", "There is no address translation.")
    if public and host != public:
        return broken(
            NAT,
            f"接入点写的公网地址是 {public}，运营商看到的却是 {host}。",
            f"The endpoint names {public} as public; the carrier sees {host}.",
            do=(
                "用 manage.py trunk_endpoint set --public-host 改正。",
                "Mend it: manage.py trunk_endpoint set --public-host.",
            ),
        )
    return note(
        NAT,
        f"运营商看到的是 {host}:{port}，本机写的是 {local[0]}:{local[1]}。",
        f"The carrier sees {host}:{port}; this machine wrote {local[0]}:{local[1]}.",
        do=NAT_HOW,
    )


def clock_found(reply: Packet, *, now: datetime) -> Finding:
    """Compare the carrier's clock with ours."""
    written = reply.first("date")
    try:
        theirs = parsedate_to_datetime(written) if written else None
    except ValueError:
        theirs = None
    if theirs is None:
        return note(
            CLOCK,
            "运营商没有给出 Date，时钟无从比较。",
            "The carrier sends no Date: the clocks cannot be compared.",
            do=("本机须运行 NTP。", "Run NTP on this machine."),
        )
    skew = round((now - theirs.astimezone(UTC)).total_seconds())
    zh, en = f"本机时钟与运营商相差 {skew} 秒。", f"This clock is {skew} s ahead of the carrier's."
    if abs(skew) > SKEW_BROKEN_SECONDS:
        return broken(
            CLOCK,
            zh,
            en,
            do=(
                "校准本机时钟（NTP）：许可只活十秒。",
                "Set this machine's clock (NTP): a permit lives ten seconds.",
            ),
        )
    if abs(skew) > SKEW_NOTED_SECONDS:
        return note(CLOCK, zh, en, do=("检查 NTP。", "Check NTP."))
    return fine(CLOCK, zh, en)


def codecs_found(reply: Packet) -> Finding:
    """Look for G.711 and key presses in the description that came with the answer."""
    found = FORMATS.search(reply.body)
    if found is None:
        return note(
            CODECS,
            "OPTIONS 的回应没有媒体描述，编解码到首通电话才知道。",
            "The answer to OPTIONS describes no media: codecs show with the first call.",
        )
    offered = [int(one) for one in found.group(1).split()]
    ours = [name for number, name in G711.items() if number in offered]
    if not ours:
        return broken(
            CODECS,
            f"运营商只提供载荷类型 {offered}，没有 G.711。",
            f"The carrier offers payload types {offered} and no G.711.",
            do=("请运营商开通 PCMA 或 PCMU。", "Have the carrier enable PCMA or PCMU."),
        )
    if EVENTS.search(reply.body) is None:
        return note(
            CODECS,
            f"{'、'.join(ours)}；没有 telephone-event，按 9 只能靠 SIP INFO。",
            f"{', '.join(ours)}; no telephone-event, so key 9 comes by SIP INFO only.",
            do=("请运营商开通 RFC 4733。", "Have the carrier enable RFC 4733."),
        )
    return fine(CODECS, "、".join(ours) + "，按键可用。", ", ".join(ours) + ", with key presses.")
