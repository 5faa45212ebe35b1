"""What a line, its carrier and a stranger say to the edge."""

import re
from uuid import uuid4

from dialer.lines.sip.packet import Packet
from tests.edge.rig import CARRIER, LINE, PORT
from tests.sip.peers import CALLEE, CALLER, identity


def invite(
    *extra: str,
    permit: str = "",
    passport: str | None = None,
    call: str = "",
    branch: str = "",
    cseq: int = 1,
    uri: str = CALLEE,
    to: str = CALLEE,
    to_tag: str = "",
    caller: str = CALLER,
    shown: str = CALLER,
    source: str = LINE,
    method: str = "INVITE",
) -> str:
    permit = permit or str(uuid4())
    passport = identity(permit_id=permit) if passport is None else passport
    tag = f";tag={to_tag}" if to_tag else ""
    lines = [
        f"{method} sip:{uri}@{CARRIER} SIP/2.0",
        f"Via: SIP/2.0/UDP {source}:{PORT};branch=z9hG4bK{branch or uuid4().hex};rport",
        "Max-Forwards: 70",
        f"Contact: <sip:line@{source}:{PORT}>",
        f"To: <sip:{to}@{CARRIER}>{tag}",
        *([f"Identity: {passport}"] if passport else []),
        f"P-Asserted-Identity: <sip:{shown}@{CARRIER}>",
        f"From: <sip:{caller}@{CARRIER}>;tag=us",
        f"Call-ID: {call or uuid4().hex}",
        f"CSeq: {cseq} {method}",
        *extra,
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def answer(request: Packet, status: str, *extra: str, tag: str = "them") -> str:
    lines = [f"SIP/2.0 {status}"]
    lines += [f"Via: {via}" for via in request.headers["via"]]
    lines += [f"Record-Route: {one}" for one in request.headers.get("record-route", ())]
    to = request.first("to")
    lines += [
        f"From: {request.first('from')}",
        f"To: {to}" + ("" if ";tag=" in to else f";tag={tag}"),
    ]
    lines += [f"Call-ID: {request.call_id}", f"CSeq: {request.cseq} {request.method}"]
    return "\r\n".join([*lines, *extra, "Content-Length: 0", "", ""])


def inside(
    call: Packet, method: str, *, uri: str, tag: str = "them", cseq: int = 9, frm: str = LINE
) -> str:
    """Write a request inside a call that is up, through the edge."""
    routes = [f"Route: {one}" for one in call.headers["record-route"]]
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {frm}:{PORT};branch=z9hG4bK{uuid4().hex};rport",
        *routes,
        "Max-Forwards: 70",
        f"Contact: <sip:line@{frm}:{PORT}>",
        f"To: {call.first('to')};tag={tag}",
        f"From: {call.first('from')}",
        f"Call-ID: {call.call_id}",
        f"CSeq: {cseq} {method}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def turned(call: Packet, method: str, *, uri: str, contact: str = "") -> str:
    """Write a request of the carrier's inside a call."""
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {CARRIER}:{PORT};branch=z9hG4bK{uuid4().hex};rport",
        *(f"Route: {one}" for one in call.headers["record-route"]),
        "Max-Forwards: 70",
        f"Contact: {contact or f'<sip:callee@{CARRIER}>'}",
        f"To: {call.first('from')}",
        f"From: {call.first('to')};tag=them",
        f"Call-ID: {call.call_id}",
        f"CSeq: 5 {method}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""])


def altered(permit: str, *, part: int) -> str:
    parts = re.split(r"(?<=\.)", identity(permit_id=permit))
    first = parts[part][9]
    parts[part] = parts[part][:9] + ("A" if first != "A" else "B") + parts[part][10:]
    return "".join(parts)
