"""Read one SIP packet as carriers really write them: compact, folded, oddly spaced."""

import re
from collections.abc import Callable
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
PLAIN_TAG, PLAIN_BRANCH = re.compile(r"[^;,\s>]+"), re.compile(r"[^;,\s]+")
CAUSE = re.compile(r"Q\.850\s*;.{0,200}?cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)
CODE = re.compile("[1-6][0-9]{2}")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"]+")  # that a request line can carry
LONGEST = 16_384  # bytes of a message; one datagram of 64 KB is nothing that a carrier sends
RESPONSE_PARTS = 3
REQUIRED = {"via", "from", "to", "call-id", "cseq"}
WRITTEN = {  # as nearly everybody writes them; whatever else is spelled out, one by one
    name: name.lower()
    for name in (
        *("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Type", "Content-Length"),
        *("Max-Forwards", "Allow", "Supported", "User-Agent", "Server", "Record-Route", "Route"),
        *("Identity", "P-Asserted-Identity", "Session-Expires", "Min-SE", "Require", "Reason"),
    )
}


class BadPacketError(ValueError):
    """The packet is not a SIP message that can be acted upon."""


@dataclass(slots=True, kw_only=True)  # to freeze it would cost more than to read it
class Packet:
    """One SIP message; header names in small letters, values as they were written."""

    code: int | None  # None for a request
    phrase: str
    method: str  # of the request, or of the request that is answered
    uri: str
    headers: dict[str, list[str]]
    body: bytes
    cseq: int
    branch: str = ""  # names the transaction
    from_tag: str = ""  # names the caller's end of the dialog
    to_tag: str = ""  # names the callee's end of the dialog
    _found: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def first(self, name: str) -> str:
        """Return the header's first value, or nothing."""
        values = self.headers.get(name)
        return values[0] if values else ""

    @property
    def call_id(self) -> str:
        """Name the call."""
        return self.headers["call-id"][0]

    @property
    def caller(self) -> str:
        """The bare address in From."""
        return self._once("caller", address_of, "from")

    @property
    def callee(self) -> str:
        """The bare address in To."""
        return self._once("callee", address_of, "to")

    @property
    def contact(self) -> str:
        """The bare address in Contact."""
        return address_of(self.first("contact"))

    @property
    def target(self) -> str:
        """The address in Contact if requests can be sent to it, or nothing."""
        contact = self.contact
        return contact if ADDRESS.fullmatch(contact) else ""

    @property
    def q850(self) -> int | None:
        """The Q.850 cause in Reason, if there is one (RFC 3326)."""
        for value in self.headers.get("reason", ()):
            if found := _group(CAUSE, value):
                return int(found)
        return None

    def _once(self, what: str, read: Callable[[str], str], name: str) -> str:
        """Look for something in a header's first value, the first time that it is asked for."""
        found = self._found.get(what)
        if found is None:
            found = self._found[what] = read(self.headers[name][0])
        return found


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
    if not lines or not headers.keys() >= REQUIRED:
        raise BadPacketError("A required header is missing.")
    number, _, method = headers["cseq"][0].partition(" ")
    method = method.strip()
    if not (number.isascii() and number.isdigit()):
        raise BadPacketError("CSeq has no number.")
    code, phrase, uri = _start(lines[0], method)
    return Packet(
        code=code,
        phrase=phrase,
        method=method,
        uri=uri,
        headers=headers,
        body=body,
        cseq=int(number),
        branch=_branch(headers["via"][0]),
        from_tag=_tag(headers["from"][0]),
        to_tag=_tag(headers["to"][0]),
    )


def address_of(value: str) -> str:
    """Return the address inside a header value such as `"name" <sip:a@b>;x=y`."""
    inside, closed, _ = value.partition("<")[2].partition(">")
    return (inside if closed else "") or value.partition(";")[0].strip()


def _start(line: str, cseq_method: str) -> tuple[int | None, str, str]:
    parts = line.split(" ", 2)
    if parts[0] == "SIP/2.0" or parts[0].upper() == "SIP/2.0":
        if len(parts) < RESPONSE_PARTS - 1 or not CODE.fullmatch(parts[1]):
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
        key = WRITTEN.get(name) or _key(name)
        value = value.strip()
        if "," in value and key in LISTED:
            headers.setdefault(key, []).extend(map(str.strip, _listed(value)))
        elif key in headers:
            headers[key].append(value)
        else:
            headers[key] = [value]
    return headers


def _key(name: str) -> str:
    key = name.strip().lower()
    return COMPACT.get(key, key)


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


def _tag(value: str) -> str:
    """Return the tag; nearly always it is the one parameter, after the address."""
    before, found, tag = value.rpartition(">;tag=")
    if found and ";" not in before and PLAIN_TAG.fullmatch(tag):
        return tag
    return _group(TAG, value)


def _branch(value: str) -> str:
    """Return the branch; nearly always it is the first parameter."""
    before, found, after = value.partition(";branch=")
    branch = after.partition(";")[0]
    if found and ";" not in before and PLAIN_BRANCH.fullmatch(branch):
        return branch
    return _group(BRANCH, value)


def _group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
