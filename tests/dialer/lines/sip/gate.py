"""The send path of one trunk, and the INVITEs and answers that go through it."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from dialer.lines.base import InviteSent
from dialer.lines.sip.edge import Why
from dialer.lines.sip.leaving import Leaving
from dialer.lines.sip.packet import read_packet
from tests.sip import peers
from tests.sip.peers import CALLEE, CALLER, config

PERMIT, OTHER = str(uuid4()), str(uuid4())
NOW = datetime(2026, 11, 22, 9, 0, 0, 900_000, UTC)
identity = partial(peers.identity, now=NOW)
GENUINE = identity(permit_id=PERMIT)
STRANGER = "+8613800138001"
HOST = "127.0.0.1:5070"


def invite(
    *extra: str,
    passport: str | None = None,
    call: str = "c1",
    branch: str = "b1",
    cseq: int = 1,
    uri: str = CALLEE,
    to: str = CALLEE,
    to_tag: str = "",
    caller: str = CALLER,
    shown: str = CALLER,
) -> bytes:
    tag = f";tag={to_tag}" if to_tag else ""
    passport = GENUINE if passport is None else passport
    lines = [
        f"INVITE sip:{uri}@{HOST} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK{branch}",
        *([f"Identity: {passport}"] if passport else []),
        f"P-Asserted-Identity: <sip:{shown}@{HOST}>",
        f"From: <sip:{caller}@{HOST}>;tag=us",
        f"To: <sip:{to}@{HOST}>{tag}",
        f"Call-ID: {call}",
        f"CSeq: {cseq} INVITE",
        "Contact: <sip:line@127.0.0.1:5060>",
        *extra,
    ]
    return "\r\n".join([*lines, "", "v=0"]).encode()


def answer(code: int, *, cseq: int = 1, contact: str = "", tag: str = "them") -> bytes:
    lines = [
        f"SIP/2.0 {code} x",
        "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKb1",
        f"From: <sip:{CALLER}@{HOST}>;tag=us",
        f"To: <sip:{CALLEE}@{HOST}>;tag={tag}",
        "Call-ID: c1",
        f"CSeq: {cseq} INVITE",
        *([f"Contact: <{contact}>"] if contact else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Gate:
    """The send path of one trunk, and what it tells."""

    def __init__(self, **changes: Any) -> None:
        self.told: list[InviteSent] = []
        self.kept_back: list[tuple[str, Why]] = []
        self.over: set[str] = set()
        self.leaving = Leaving(
            config(5070, **changes),
            permit_of=lambda call: PERMIT if call == "c1" else "",
            is_over=lambda call: call in self.over,
            on_kept_back=lambda call, why: self.kept_back.append((call, why)),
            clock=lambda: NOW,
        )
        self.leaving.note = self.told.append

    def lets(self, data: bytes) -> bool:
        return self.leaving.let(data) is not None

    def hears(self, data: bytes) -> None:
        self.leaving.heard(read_packet(data))

    def accepts(self, data: bytes) -> None:
        self.leaving.heard(read_packet(data))
        self.leaving.accepted(read_packet(data))

    @property
    def refusals(self) -> list[str]:
        return [one.refused for one in self.told if one.refused]

    @property
    def left(self) -> list[str]:
        return [one.permit_id for one in self.told if not one.refused]
