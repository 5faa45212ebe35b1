"""Read one SIP packet as carriers really write them: compact, folded, oddly spaced."""

import re
from dataclasses import dataclass

COMPACT = {  # RFC 3261 7.3.3 and 20, RFC 3515, RFC 4028
    "i": "call-id",
    "m": "contact",
    "e": "content-encoding",
    "l": "content-length",
    "c": "content-type",
    "f": "from",
    "s": "subject",
    "k": "supported",
    "t": "to",
    "v": "via",
    "x": "session-expires",
    "r": "refer-to",
}
LISTED = frozenset({"via", "contact", "route", "record-route"})  # may share a line, by commas
COMMA = re.compile(r',(?=(?:[^"<>]|"[^"]*"|<[^>]*>)*$)')
TAG = re.compile(r";\s*tag\s*=\s*([^;,\s>]+)", re.IGNORECASE)
BRANCH = re.compile(r";\s*branch\s*=\s*([^;,\s]+)", re.IGNORECASE)
ADDRESS = re.compile(r"<([^>]*)>")
CAUSE = re.compile(r"Q\.850\s*;.*?cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)
RESPONSE_PARTS = 3
REQUIRED = ("via", "from", "to", "call-id", "cseq")


class BadPacketError(ValueError):
    """The packet is not a SIP message that can be acted upon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One SIP message; header names in small letters, values as they were written."""

    code: int | None  # None for a request
    phrase: str
    method: str  # of the request, or of the request that is answered
    uri: str
    headers: dict[str, list[str]]
    body: bytes
    cseq: int

    def first(self, name: str) -> str:
        """Return the header's first value, or nothing."""
        values = self.headers.get(name)
        return values[0] if values else ""

    @property
    def call_id(self) -> str:
        """Name the call."""
        return self.first("call-id")

    @property
    def branch(self) -> str:
        """Name the transaction."""
        return _group(BRANCH, self.first("via"))

    @property
    def from_tag(self) -> str:
        """Name the caller's end of the dialog."""
        return _group(TAG, self.first("from"))

    @property
    def to_tag(self) -> str:
        """Name the callee's end of the dialog."""
        return _group(TAG, self.first("to"))

    @property
    def contact(self) -> str:
        """The bare address in Contact."""
        return address_of(self.first("contact"))

    @property
    def q850(self) -> int | None:
        """The Q.850 cause in Reason, if there is one (RFC 3326)."""
        for value in self.headers.get("reason", ()):
            if found := _group(CAUSE, value):
                return int(found)
        return None

    def skeleton(self) -> bytes:
        """Write a 2xx answer again in the one form that every parser takes."""
        lines = [
            "SIP/2.0 200 OK",
            f"Via: SIP/2.0/UDP 0.0.0.0:5060;branch={self.branch or 'none'}",
            f"From: <sip:anonymous@invalid>;tag={self.from_tag}",
            f"To: <sip:anonymous@invalid>;tag={self.to_tag}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {self.method}",
            f"Contact: <{self.contact}>",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_packet(data: bytes) -> Packet:
    """Read a datagram.

    :raises BadPacketError: if it is no SIP message, or lacks a header that every one must have
    """
    head, _, body = data.partition(b"\r\n\r\n")
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace")).splitlines()
    headers = _headers(lines[1:])
    if not lines or not all(headers.get(name) for name in REQUIRED):
        raise BadPacketError("A required header is missing.")
    number, _, method = headers["cseq"][0].strip().partition(" ")
    if not (number.isascii() and number.isdigit()):
        raise BadPacketError("CSeq has no number.")
    code, phrase, uri = _start(lines[0], method.strip())
    return Packet(
        code=code,
        phrase=phrase,
        method=method.strip(),
        uri=uri,
        headers=headers,
        body=body,
        cseq=int(number),
    )


def address_of(value: str) -> str:
    """Return the address inside a header value such as `"name" <sip:a@b>;x=y`."""
    return _group(ADDRESS, value) or value.partition(";")[0].strip()


def _start(line: str, cseq_method: str) -> tuple[int | None, str, str]:
    parts = line.split(" ", 2)
    if parts[0].upper() == "SIP/2.0":
        if len(parts) < RESPONSE_PARTS - 1 or not re.fullmatch("[1-6][0-9]{2}", parts[1]):
            raise BadPacketError("The status line has no code.")
        return int(parts[1]), (parts[2] if len(parts) == RESPONSE_PARTS else ""), ""
    if len(parts) != RESPONSE_PARTS or parts[2].strip().upper() != "SIP/2.0":
        raise BadPacketError("The request line is not SIP/2.0.")
    if parts[0] != cseq_method:
        raise BadPacketError("CSeq names another method.")
    return None, "", parts[1]


def _headers(lines: list[str]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            continue
        key = name.strip().lower()
        key = COMPACT.get(key, key)
        value = value.strip()
        listed = COMMA.split(value) if key in LISTED and "," in value else [value]
        headers.setdefault(key, []).extend(part.strip() for part in listed)
    return headers


def _group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
