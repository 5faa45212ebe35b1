"""What phones, the line process and strangers write to the registrar, and what it answers."""

from collections.abc import Callable
from threading import Thread
from uuid import uuid4

from dialer.lines.sip.digest import Credentials
from dialer.lines.sip.packet import read_packet
from tests.sip.kamailio import PASSWORD
from tests.sip.peers import HOST, MutePeer, sdp
from tests.sip.registrar.process import PHONE

STRANGER = "127.0.0.9"
Peers = Callable[[str], MutePeer]


def register(
    phone: MutePeer,
    port: int,
    *contacts: str,
    name: str = PHONE,
    challenge: str = "",
    tries: int = 2,
) -> str:
    """Register the phone by its password, at its own place or at those told; return the answer.

    {host}, {port} and {name} in a Contact are the phone's own; `challenge` is an earlier answer.
    """
    phone.source = (HOST, port)
    uri, (host, own), call = f"sip:{HOST}:{port}", phone.socket.getsockname(), uuid4().hex
    contacts = contacts or ("Contact: <sip:{name}@{host}:{port}>",)
    account, text, proof = Credentials(username=name, password=PASSWORD), challenge, None
    for cseq in (2,) if challenge else (1, 2)[:tries]:
        if text:
            proof = account.answer(read_packet(text.encode()), method="REGISTER", uri=uri)
        phone.say(
            "\r\n".join([
                f"REGISTER {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{call}{cseq}",
                "Max-Forwards: 70",
                f"From: <sip:{name}@{HOST}>;tag=r",
                f"To: <sip:{name}@{HOST}>",
                f"Call-ID: {call}",
                f"CSeq: {cseq} REGISTER",
                *(contact.format(host=host, port=own, name=name) for contact in contacts),
                *([proof] if proof else []),
                "Content-Length: 0",
                "",
                "",
            ])
        )  # fmt: skip
        text = phone.receive("REGISTER")
    return text


def invite(peer: MutePeer, port: int, user: str, *, host: str = HOST, call: str) -> str:
    """Ring somebody; return the first final answer."""
    body = sdp(4000)
    peer.source = (HOST, port)
    peer.say(
        "\r\n".join([
            f"INVITE sip:{user}@{HOST}:{port} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{peer.port};branch=z9hG4bK{call}",
            "Max-Forwards: 70",
            f"From: <sip:yunhu@{host}>;tag={call}",
            f"To: <sip:{user}@{HOST}>",
            f"Call-ID: {call}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:yunhu@{host}:{peer.port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
            "",
            body,
        ])
    )  # fmt: skip
    while (text := peer.receive("INVITE")).startswith("SIP/2.0 1"):
        pass
    return text.split("\r\n")[0]


def code(answer: str) -> str:
    return answer.split(" ")[1]


def within(phone: MutePeer, port: int, method: str, uri: str, *, route: str = "") -> str:
    """Write a request that says it is inside a call."""
    host, own = phone.socket.getsockname()
    return "\r\n".join([
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{own};branch=z9hG4bK{uuid4().hex}",
        f"Route: <sip:{HOST}:{port};lr>",
        *([f"Route: {route}"] if route else []),
        "Max-Forwards: 70",
        f"From: <sip:phone@{host}>;tag=phone",
        f"To: <sip:yunhu@{HOST}>;tag=line",
        f"Call-ID: {uuid4().hex}",
        f"CSeq: 7 {method}",
        f"Contact: <sip:phone@{host}:{own}>",
        "Content-Length: 0",
        "",
        "",
    ])  # fmt: skip


def busy_phone(
    phone: MutePeer, line: MutePeer, port: int, *, name: str = PHONE, status: str = "486 Busy Here"
) -> str:
    """Have the phone say that it is busy, or what is told; return what the line hears."""

    def said() -> None:
        phone.answer(phone.receive("INVITE"), status)

    thread = Thread(target=said)
    thread.start()
    try:
        return invite(line, port, name, call=uuid4().hex)
    finally:
        thread.join()
