"""The callee's end of one dialog at the loopback carrier: what is written, what ACK must say."""

import secrets
from dataclasses import dataclass, field

from dialer.lines.carrier.script import Account, Behaviour
from dialer.lines.carrier.text import PHRASES, Message, digest_is_right, write

CHALLENGES = {
    401: ("WWW-Authenticate", "authorization"),
    407: ("Proxy-Authenticate", "proxy-authorization"),
}
TRYING = 100
REFUSED = 300


@dataclass(kw_only=True)
class CalleeDialog:
    """One dialog. `invite` is the newest INVITE of the caller."""

    invite: Message
    behaviour: Behaviour
    where: str  # host:port of the carrier
    tag: str = field(default_factory=lambda: secrets.token_hex(6))
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def fork_tag(self) -> str:
        """The tag of the second callee, where the call is forked."""
        return f"{self.tag}b"

    @property
    def contact(self) -> str:
        """The callee's address."""
        return f"sip:callee-{self.tag}@{self.where}"

    def answer(self, code: int, *extra: str, tag: str = "", body: bytes = b"") -> bytes:
        """Write an answer to the INVITE."""
        invite = self.invite
        end = "" if code == TRYING else f";tag={tag or self.tag}"
        route = (f"Record-Route: <sip:{self.where};lr>",) if self.behaviour.record_route else ()
        return write(
            f"SIP/2.0 {code} {PHRASES.get(code, 'Refused')}",
            *(f"Via: {via}" for via in invite.headers["via"]),
            *route,
            f"From: {invite.first('from')}",
            f"To: {invite.first('to')}{end}",
            f"Call-ID: {invite.call_id}",
            f"CSeq: {invite.cseq} INVITE",
            f"Contact: <{self.contact}>",
            *extra,
            body=body,
            compact=self.behaviour.compact,
        )

    def request(self, method: str, *extra: str, cseq: int, body: bytes = b"") -> bytes:
        """Write a request of our own inside the call."""
        return write(
            f"{method} {self.invite.contact} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.where};branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            f"From: {self.invite.first('to')};tag={self.tag}",
            f"To: {self.invite.first('from')}",
            f"Call-ID: {self.invite.call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <{self.contact}>",
            *extra,
            body=body,
        )

    def challenge(self) -> str:
        """Write the header line that asks for credentials."""
        asked, _ = CHALLENGES[self.behaviour.challenge]
        qop = ', qop="auth,auth-int"' if self.behaviour.qop else ""
        return (
            f'{asked}: Digest realm="loopback", nonce="{self.nonce}", '
            f"algorithm={self.behaviour.algorithm}{qop}"
        )

    def credentials(self) -> str:
        """Return the credentials that the newest INVITE carries, or nothing."""
        _, answering = CHALLENGES[self.behaviour.challenge]
        return self.invite.first(answering)

    def proved(self, account: Account) -> bool:
        """Check the credentials of the newest INVITE."""
        return digest_is_right(
            self.credentials(),
            method="INVITE",
            username=account.username,
            password=account.password,
            nonce=self.nonce,
        )

    def wrong_in(self, ack: Message, *, final: int) -> str:
        """Say what a strict callee would refuse in an ACK; nothing if it is right."""
        invite = self.invite
        if (ack.cseq, ack.from_tag) != (invite.cseq, invite.from_tag):
            return "CSeq or From tag"
        if ack.to_tag != self.tag and not (self.behaviour.forks and ack.to_tag == self.fork_tag):
            return f"To tag {ack.to_tag!r}"
        if final >= REFUSED:
            return "" if ack.branch == invite.branch else "branch"
        if ack.uri != self.contact or ack.branch == invite.branch:
            return f"address {ack.uri} or branch"
        return self._wrong_route(ack)

    def wrong_in_bye(self, bye: Message) -> str:
        """Say what a strict callee would refuse in a BYE; nothing if it is right."""
        if bye.uri != self.contact:
            return f"address {bye.uri}"
        if bye.cseq <= self.invite.cseq:
            return "CSeq"
        return self._wrong_route(bye)

    def _wrong_route(self, message: Message) -> str:
        routed = message.first("route") == f"<sip:{self.where};lr>"
        return "" if routed == self.behaviour.record_route else "Route"
