"""What the two ends of a call agreed on, and the requests and answers written from it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dialer.lines.sip.chance import word
from dialer.lines.sip.packet import Packet, address_of

AGENT = "Yunhu"
OURS = f"User-Agent: {AGENT}"
METHODS = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, NOTIFY"
AUTHORIZATIONS = ("Authorization:", "Proxy-Authorization:")
SESSION = ("Supported:", "Session-Expires:", "Min-SE:")


class MessageShapeError(RuntimeError):
    """A message that another library wrote is not of the form that we know."""


def new_branch() -> str:
    """Make the id of one transaction (RFC 3261 8.1.1.7)."""
    return f"z9hG4bK{word(12)}"


@dataclass(kw_only=True)
class Dialog:
    """One dialog seen from our side, which is always the caller's."""

    call_id: str
    local: str  # host:port, as in our Via
    contact: str  # our own address, without brackets
    from_header: str  # with our tag
    to_header: str  # as we sent it, without a tag
    request_uri: str  # of the INVITE
    from_tag: str
    cseq: int
    branch: str  # of the newest INVITE
    remote_tag: str = ""
    target: str = ""
    routes: list[str] = field(default_factory=list)
    peer: tuple[str, int] | None = None  # the carrier's address that the INVITE went to
    on_change: "Callable[[Dialog], object] | None" = None  # told of what a successor has to know

    def adopt(self, answer: Packet) -> None:
        """Take over the other side's tag, address and route set (RFC 3261 12.1.2)."""
        self.remote_tag = answer.to_tag
        self.target = answer.target or self.target or self.request_uri
        self.routes = list(reversed(answer.headers.get("record-route", [])))
        self.changed()

    def refresh(self, packet: Packet) -> None:
        """Take over where the other side is now: from a request that we accept, or a 2xx to ours.

        Only a packet of this very dialog counts (RFC 3261 12.2.1.2 and 12.2.2).
        """
        tags = (packet.from_tag, packet.to_tag)
        ours, theirs = tags if packet.code is not None else reversed(tags)
        known = (packet.call_id, ours, theirs) == (self.call_id, self.from_tag, self.remote_tag)
        if known and packet.target and packet.target != self.target:
            self.target = packet.target
            self.changed()

    def changed(self) -> None:
        """Tell whoever keeps the dialog for a process that comes after us."""
        if self.on_change is not None:
            self.on_change(self)

    def fork(self, answer: Packet) -> "Dialog":
        """Return the dialog that another answer to the same INVITE opens."""
        other = replace(self, target="", on_change=None)
        other.adopt(answer)
        return other

    @property
    def next_hop(self) -> str:
        """The address that in-dialog requests are sent to first."""
        return address_of(self.routes[0]) if self.routes else self.target

    def next_request(
        self, method: str, *, branch: str, extra: Sequence[str] = (), body: bytes = b""
    ) -> bytes:
        """Write the next request inside the dialog."""
        self.cseq += 1
        return self._request(method, branch=branch, cseq=self.cseq, extra=extra, body=body)

    def ack_answer(self, *, cseq: int) -> bytes:
        """Write the ACK of a 200: its own transaction, along the route set."""
        return self._request("ACK", branch=new_branch(), cseq=cseq)

    def ack_refusal(self, refusal: Packet) -> bytes:
        """Write the ACK of a final answer from 300 up: part of the INVITE's transaction."""
        return self._plain("ACK", to=refusal.first("to"), branch=refusal.branch, cseq=refusal.cseq)

    def ack_refused_offer(self, refusal: Packet) -> bytes:
        """Write the ACK of a re-INVITE's refusal: in its transaction, along the route set."""
        return self._request("ACK", branch=refusal.branch, cseq=refusal.cseq)

    def cancel(self, *, extra: Sequence[str] = ()) -> bytes:
        """Write the CANCEL of the newest INVITE."""
        return self._plain(
            "CANCEL", to=self.to_header, branch=self.branch, cseq=self.cseq, extra=extra
        )

    def _plain(
        self, method: str, *, to: str, branch: str, cseq: int, extra: Sequence[str] = ()
    ) -> bytes:
        return message(
            f"{method} {self.request_uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.local};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: {self.from_header}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            *extra,
        )

    def _request(
        self, method: str, *, branch: str, cseq: int, extra: Sequence[str] = (), body: bytes = b""
    ) -> bytes:
        return message(
            f"{method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.local};branch={branch};rport",
            *(f"Route: {route}" for route in self.routes),
            "Max-Forwards: 70",
            f"From: {self.from_header}",
            f"To: {self.to_header};tag={self.remote_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <{self.contact}>",
            *extra,
            body=body,
        )


def dialog_written(invite: str, *, call_id: str, branch: str, local: str) -> Dialog:
    """Begin the dialog that an INVITE which we have just written may open."""
    from_header = _line(invite, "From")
    return Dialog(
        call_id=call_id,
        local=local,
        contact=address_of(_line(invite, "Contact")),
        from_header=from_header,
        to_header=_line(invite, "To"),
        request_uri=invite.split(" ", 2)[1],
        from_tag=from_header.rpartition(";tag=")[2],
        cseq=int(_line(invite, "CSeq").partition(" ")[0]),
        branch=branch,
    )


def _line(message: str, name: str) -> str:
    start = message.find(f"\r\n{name}: ")
    return message[start + len(name) + 4 : message.find("\r\n", start + 2)] if start >= 0 else ""


def response(
    request: Packet,
    code: int,
    phrase: str,
    *,
    to_tag: str,
    extra: Sequence[str] = (),
    body: bytes = b"",
) -> bytes:
    """Write the answer to a request of the carrier."""
    to = request.first("to")
    return message(
        f"SIP/2.0 {code} {phrase}",
        *(f"Via: {via}" for via in request.headers["via"]),
        *(f"Record-Route: {route}" for route in request.headers.get("record-route", ())),
        f"From: {request.first('from')}",
        f"To: {to}" if request.to_tag else f"To: {to};tag={to_tag}",
        f"Call-ID: {request.call_id}",
        f"CSeq: {request.cseq} {request.method}",
        f"Allow: {METHODS}",
        *extra,
        body=body,
    )


def message(*lines: str, body: bytes = b"") -> bytes:
    """Put the lines together with their length."""
    typed: tuple[str, ...] = ()
    if body and not any(line.startswith("Content-Type:") for line in lines):
        typed = ("Content-Type: application/sdp",)
    length = f"Content-Length: {len(body)}"
    return "\r\n".join([*lines, OURS, *typed, length, "", ""]).encode() + body


def reissue(
    invite: bytes, *, dialog: Dialog, authorization: str = "", session: tuple[str, ...] = ()
) -> bytes:
    """Write the INVITE again, with credentials or another session: next CSeq, own branch."""
    old_branch, dialog.branch = dialog.branch, new_branch()
    old_cseq, dialog.cseq = dialog.cseq, dialog.cseq + 1
    head, _, body = invite.decode().partition("\r\n\r\n")
    gone = (*(AUTHORIZATIONS if authorization else ()), *(SESSION if session else ()))
    kept = [line for line in head.split("\r\n") if not line.startswith(gone)]
    text = "\r\n".join([*kept, *session, *([authorization] if authorization else [])])
    text = text.replace(old_branch, dialog.branch, 1)
    text = text.replace(f"CSeq: {old_cseq} ", f"CSeq: {dialog.cseq} ", 1)
    dialog.changed()
    return f"{text}\r\n\r\n{body}".encode()


def edit(pattern: str, by: str, text: str) -> str:
    """Replace the first place of a message that matches.

    :raises MessageShapeError: if there is none: the message is not what we know how to edit
    """
    changed, count = re.subn(pattern, lambda _found: by, text, count=1)
    if count != 1:
        raise MessageShapeError(f"The message has no {pattern!r}.")
    return changed
