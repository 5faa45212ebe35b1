"""What is changed in the messages that pyVoIP writes, for carriers and NATs to work with them."""

import re

from dialer.lines.sip.dialog import AGENT, edit
from dialer.lines.sip.nat import Outside
from dialer.lines.sip.session_timer import wishes


def finished_invite(text: str, *, outside: Outside, shown: str, branch: str) -> str:
    """Finish an INVITE; `shown` is the address that the callee is to see, in brackets."""
    text = edit(r"From: <[^>]*>", f"P-Asserted-Identity: {shown}\r\nFrom: {shown}", text)
    text = edit(r"branch=[^\r]*", f"branch={branch};rport", text)
    text = edit(r"CSeq: [0-9]+ INVITE", "CSeq: 1 INVITE", text)
    text = edit(r"(?<=Contact: <sip:)([^@>]*)@[^>]*", rf"{_user(text)}@{outside.contact}", text)
    config = outside.config
    wished = wishes(seconds=config.session_seconds, least=config.least_session_seconds)
    text = edit(r"User-Agent: [^\r]*", "\r\n".join([f"User-Agent: {AGENT}", *wished]), text)
    return _described(text, host=outside.media_host)


def carrying(invite: str, *, identity: str) -> str:
    """Put a permit's passport into an INVITE (RFC 8224)."""
    return edit(r"From: ", f"Identity: {identity}\r\nFrom: ", invite) if identity else invite


def finished_register(
    text: str, *, branch: str, call_id: str, contact: str, authorization: str
) -> str:
    """Finish a REGISTER."""
    text = edit(r"branch=[^;]*", f"branch={branch}", text)
    text = edit(r"Call-ID: [^\r]*", f"Call-ID: {call_id}", text)
    text = edit(r"@[^@;>]*;transport=UDP", f"@{contact};transport=UDP", text)
    agent = f"User-Agent: {AGENT}"
    line = f"{agent}\r\n{authorization}" if authorization else agent
    return edit(r"User-Agent: [^\r]*", line, text)


def _described(text: str, *, host: str) -> str:
    """Name the host that audio goes to, as later descriptions of the same session do."""
    head, _, body = text.partition("\r\n\r\n")
    family = "IP6" if ":" in host else "IP4"
    body = edit(r"o=[^\r]*", f"o=yunhu 1 1 IN {family} {host}", body)
    body = edit(r"c=[^\r]*", f"c=IN {family} {host}", body)
    head = edit(r"Content-Length: [0-9]+", f"Content-Length: {len(body)}", head)
    return f"{head}\r\n\r\n{body}"


def _user(text: str) -> str:
    found = re.search(r"Contact: <sip:([^@>]*)@", text)
    return found.group(1) if found else ""
