"""Read one SIP packet as carriers really write them: compact, folded, oddly spaced."""

import re
from dataclasses import dataclass, field

COMPACT = {  # RFC 3261 7.3.3 and 20, RFC 3515, RFC 4028, RFC 8224
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
    "y": "identity",
}
LISTED = frozenset({"via", "contact", "route", "record-route"})  # may share a line, by commas
CLOSING = {'"': '"', "<": ">"}  # a comma between these parts nothing
TAG = re.compile(r";\s*tag\s*=\s*([^;,\s>]+)", re.IGNORECASE)
BRANCH = re.compile(r";\s*branch\s*=\s*([^;,\s]+)", re.IGNORECASE)
CAUSE = re.compile(r"Q\.850\s*;.{0,200}?cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)
LONGEST = 16_384  # bytes of a message; one datagram of 64 KB is nothing that a carrier sends
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
    _found: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

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
        return self._once(BRANCH, "via")

    @property
    def from_tag(self) -> str:
        """Name the caller's end of the dialog."""
        return self._once(TAG, "from")

    @property
    def to_tag(self) -> str:
        """Name the callee's end of the dialog."""
        return self._once(TAG, "to")

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

    def _once(self, pattern: re.Pattern[str], name: str) -> str:
        """Look for something in a header's first value, the first time that it is asked for."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = _group(pattern, self.first(name))
        return found

    def skeleton(self) -> bytes:
        """Write what a call keeps of its INVITE, or of a 2xx answer, as every parser takes it."""
        lines = [
            "INVITE sip:anonymous@invalid SIP/2.0" if self.code is None else "SIP/2.0 200 OK",
            f"To: <sip:anonymous@invalid>;tag={self.to_tag}",
            f"Call-ID: {self.call_id}",
            f"Contact: <{self.contact}>",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_packet(data: bytes) -> Packet:
    """Read a datagram.

    :raises BadPacketError: if it is no SIP message, or lacks a header that every one must have
    """
    if len(data) > LONGEST:
        raise BadPacketError("The message is longer than any that we act upon.")
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("utf-8", "replace")
    if "\n " in text or "\n\t" in text:  # folded lines are rare, and looking for them is not free
        text = re.sub(r"\r?\n[ \t]+", " ", text)
    lines = text.splitlines()
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
    inside, closed, _ = value.partition("<")[2].partition(">")
    return (inside if closed else "") or value.partition(";")[0].strip()


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
        if "," in value and key in LISTED:
            headers.setdefault(key, []).extend(map(str.strip, _listed(value)))
        elif key in headers:
            headers[key].append(value)
        else:
            headers[key] = [value]
    return headers


def _listed(value: str) -> list[str]:
    """Part a list at its commas, in one walk: no value may hold the reactor up."""
    parts, start, closing = [], 0, ""
    for at, sign in enumerate(value):
        if closing:
            closing = "" if sign == closing else closing
        elif sign in CLOSING:
            closing = CLOSING[sign]
        elif sign == ",":
            parts.append(value[start:at])
            start = at + 1
    return [*parts, value[start:]]


def _group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
