"""The steps of a SIPp scenario: what a callee's side sends and what it insists on hearing.

Each function returns XML. `$vias` (with their names), `$via` (the first), `$from`, `$to`, `$cseq`
and `$contact` are those of the INVITE, `$invite_branch` is its branch and `[routes]` its way back.
Whoever breaks a promise is led to the label `bad`.
"""

from xml.sax.saxutils import quoteattr

TAG = "callee[call_number]"
HERE = "[local_ip]:[local_port]"
CONTACT = f"Contact: <sip:callee@{HERE}>"
ECHO = ("[last_Via:]", "[last_Record-Route:]", "[last_From:]")
SDP = (
    "v=0",
    "o=- 1 1 IN IP4 [local_ip]",
    "s=-",
    "c=IN IP4 [media_ip]",
    "t=0 0",
    "m=audio [media_port] RTP/AVP {formats}",
    "a=rtpmap:101 telephone-event/8000",
    "a={direction}",
)
RETRANSMIT = ' retrans="500"'


def sdp(formats: str = "0 101", direction: str = "sendrecv") -> tuple[str, ...]:
    return tuple(line.format(formats=formats, direction=direction) for line in SDP)


def send(*lines: str, body: tuple[str, ...] = (), attributes: str = "") -> str:
    typed = ("Content-Type: application/sdp", "Content-Length: [len]") if body else ()
    ending = typed or ("Content-Length: 0",)
    text = "\n".join([*lines, *ending, "", *body])
    return f"<send{attributes}><![CDATA[\n{text}\n]]></send>\n"


def reply(
    code: int | str, phrase: str, *headers: str, body: tuple[str, ...] = (), attributes: str = ""
) -> str:
    """Answer the INVITE that has just come."""
    to = "[last_To:]" if code == 100 else f"[last_To:];tag={TAG}"
    lines = (f"SIP/2.0 {code} {phrase}", *ECHO, to, "[last_Call-ID:]", "[last_CSeq:]")
    return send(*lines, CONTACT, *headers, body=body, attributes=attributes)


def late_reply(code: int, phrase: str, *, tag: str = TAG, body: tuple[str, ...] = ()) -> str:
    """Answer the INVITE although something else has come since."""
    lines = (f"SIP/2.0 {code} {phrase}", "[$vias]From:[$from]", f"To:[$to];tag={tag}")
    return send(
        *lines, "Call-ID: [call_id]", "CSeq:[$cseq]", CONTACT, body=body, attributes=RETRANSMIT
    )


def ok(*headers: str) -> str:
    """Answer another request than the INVITE with 200."""
    lines = ("SIP/2.0 200 OK", *ECHO, "[last_To:]", "[last_Call-ID:]", "[last_CSeq:]")
    return send(*lines, *headers)


def trying() -> str:
    return reply(100, "Trying")


def ringing() -> str:
    return reply(180, "Ringing")


def early_media() -> str:
    return reply(183, "Session Progress", body=sdp())


def pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>\n'


def ereg(pattern: str, names: str, *, header: str = "", check: bool = True) -> str:
    where = f'search_in="hdr" header="{header}:"' if header else 'search_in="msg"'
    checked = ' check_it="true"' if check else ""
    return f'<ereg regexp={quoteattr(pattern)} {where}{checked} assign_to="{names}"/>\n'


def recv(what: str, *actions: str, attributes: str = "") -> str:
    kind = "response" if what[0].isdigit() else "request"
    inside = f"<action>\n{''.join(actions)}</action>" if actions else ""
    return f'<recv {kind}="{what}"{attributes}>{inside}</recv>\n'


def answer(*headers: str, body: tuple[str, ...] = ()) -> str:
    """Answer the call, again and again until the ACK comes."""
    return reply(200, "OK", *headers, body=body or sdp(), attributes=RETRANSMIT)


def ack(*checks: str, tag: str = "callee[0-9]+", uri: str = "sip:callee@") -> str:
    """Insist on the ACK of a 200: our tag, our address, a branch of its own."""
    return _ack(tag, f"^ACK {uri}", checks, "same")


def ack_of_refusal() -> str:
    """Insist on the ACK of a refusal: our tag, the number called, the INVITE's own branch."""
    return _ack("callee[0-9]+", "^ACK sip:[+]86", (), "other")


def _ack(tag: str, start: str, checks: tuple[str, ...], wrong: str) -> str:
    return recv(
        "ACK",
        ereg(f"tag={tag}", "checked", header="To"),
        ereg(start, "checked"),
        *checks,
        *_compared("ack_branch"),
        attributes=f' test="{wrong}" next="bad"',
    )


def _compared(branch: str) -> list[str]:
    """Tell whether the branch is the INVITE's own (`same`) or not (`other`)."""
    return [
        ereg("branch=([^;]*)", f"checked,{branch}", header="Via"),
        f'<strcmp assign_to="differs" variable="invite_branch" variable2="{branch}"/>\n',
        '<test assign_to="same" variable="differs" compare="equal" value="0"/>\n',
        '<test assign_to="other" variable="differs" compare="not_equal" value="0"/>\n',
    ]


def answered(*headers: str, body: tuple[str, ...] = ()) -> str:
    return answer(*headers, body=body) + ack()


def refuse(code: int | str, phrase: str, *headers: str) -> str:
    return reply(code, phrase, *headers, attributes=RETRANSMIT) + ack_of_refusal()


def bye_comes(tag: str = "callee[0-9]+") -> str:
    return recv("BYE", ereg(f"tag={tag}", "checked", header="To")) + ok()


def ask(method: str, *headers: str, body: tuple[str, ...] = (), cseq: int = 1) -> str:
    """Send a request of the callee's side inside the call."""
    lines = (
        f"{method} [$contact] SIP/2.0",
        f"Via: SIP/2.0/UDP {HERE};branch=[branch]",
        "[routes]",
        "Max-Forwards: 70",
        f"From:[$to];tag={TAG}",
        "To:[$from]",
        "Call-ID: [call_id]",
        f"CSeq: {cseq} {method}",
    )
    retrans = "" if method == "ACK" else RETRANSMIT
    return send(*lines, CONTACT, *headers, body=body, attributes=retrans)


def asked(method: str, code: int = 200, *headers: str, cseq: int = 1, check: str = "") -> str:
    """Send a request inside the call and insist on its answer."""
    checks = (ereg(check, "checked"),) if check else ()
    return ask(method, *headers, cseq=cseq) + recv(str(code), *checks)


def reinvite(direction: str, expected: str, *, cseq: int) -> str:
    """Offer the session again; the answer must be an SDP of the direction that fits."""
    return (
        ask("INVITE", body=sdp(direction=direction), cseq=cseq)
        + recv("200", ereg("m=audio ", "checked"), ereg(f"a={expected}", "checked"))
        + ask("ACK", cseq=cseq)
    )


def cancel_comes() -> str:
    """Insist on a CANCEL with the INVITE's own branch."""
    return recv("CANCEL", *_compared("ack_branch"), attributes=' test="other" next="bad"')


def terminated() -> str:
    return late_reply(487, "Request Terminated") + ack_of_refusal()


def invite_again(*checks: str) -> str:
    """Insist on the same INVITE with credentials, under a branch of its own."""
    return recv(
        "INVITE",
        *_compared("ack_branch"),
        *checks,
        ereg("branch=([^;]*)", "checked,invite_branch", header="Via"),
        attributes=' test="same" next="bad"',
    )


def verify() -> str:
    return '<verifyauth assign_to="right" username="line" password="password"/>\n'


def must_be_right(label: str) -> str:
    """Go on only if the credentials were right."""
    return f'<nop test="right" next="{label}"/>\n<nop next="bad"/>\n<label id="{label}"/>\n'
