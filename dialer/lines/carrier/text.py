"""Read and write SIP as the loopback carrier does: to the letter, and apart from the driver."""

import hashlib
import re
from dataclasses import dataclass

NUMBER = re.compile(r"(?:sip|tel):([^@;>]+)")
TAG = re.compile(r";tag=([^;\s]+)")
URI = re.compile(r"<([^>]+)>")
BRANCH = re.compile(r";branch=(z9hG4bK[^;\s]+)")
FIELD = re.compile(r'(\w+)="?([^",]*)"?')
MEDIA = re.compile(rb"c=IN IP[46] (\S+).*?m=audio (\d+) ", re.DOTALL)
SHORT = {"Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m"}
PHRASES = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 302: "Moved Temporarily",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 422: "Session Interval Too Small",
    407: "Proxy Authentication Required", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 486: "Busy Here", 487: "Request Terminated",
    500: "Server Internal Error", 503: "Service Unavailable", 603: "Decline",
}  # fmt: skip
REQUIRED = ("via", "from", "to", "call-id", "cseq", "content-length")
START_PARTS = 3


class StrictError(ValueError):
    """The message breaks RFC 3261; the text says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message; header names in small letters."""

    code: int  # 0 for a request
    method: str
    uri: str
    headers: dict[str, list[str]]
    body: bytes
    cseq: int
    branch: str
    from_tag: str
    to_tag: str

    def first(self, name: str) -> str:
        """Return the header's first value, or nothing."""
        return self.headers.get(name, [""])[0]

    @property
    def call_id(self) -> str:
        """Name the call."""
        return self.headers["call-id"][0]

    @property
    def sender(self) -> tuple[str, str]:
        """Name the transaction: branch and sent-by (RFC 3261 17.2.3)."""
        return self.branch, self.first("via").partition(";")[0]

    @property
    def contact(self) -> str:
        """The address in Contact."""
        return _group(URI, self.first("contact"))

    @property
    def media(self) -> tuple[str, int] | None:
        """Where the other side wants audio."""
        found = MEDIA.search(self.body)
        return (found.group(1).decode(), int(found.group(2))) if found else None


def read(data: bytes) -> Message:
    """Read one message.

    :raises StrictError: if it breaks a rule that a strict peer would insist on
    """
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        raise StrictError("no empty line after the headers")
    lines = head.decode().split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(": ")
        if not colon:
            raise StrictError(f"header without a colon and a space: {name}")
        headers.setdefault(name.lower(), []).append(value)
    _check(headers, body)
    number, _, method = headers["cseq"][0].partition(" ")
    code, uri = _start(lines[0], method)
    return Message(
        code=code,
        method=method,
        uri=uri,
        headers=headers,
        body=body,
        cseq=int(number),
        branch=_group(BRANCH, headers["via"][0]),
        from_tag=_group(TAG, headers["from"][0]),
        to_tag=_group(TAG, headers["to"][0]),
    )


def write(*lines: str, body: bytes = b"", compact: bool = False) -> bytes:
    """Write one message."""
    typed = any(line.startswith("Content-Type: ") for line in lines)
    kind = ["Content-Type: application/sdp"] if body and not typed else []
    ending = [*kind, f"Content-Length: {len(body)}"]
    if compact:
        lines = (lines[0], *(_shorten(line) for line in lines[1:]))
    return "\r\n".join([*lines, *ending, "", ""]).encode() + body


def number_of(value: str) -> str:
    """Return the number in a SIP or tel address."""
    return _group(NUMBER, value)


def sdp(*, host: str, port: int, formats: str, direction: str = "sendrecv") -> bytes:
    """Write a session description."""
    where = f"IN IP{6 if ':' in host else 4} {host}"
    lines = ["v=0", f"o=- 1 1 {where}", "s=-", f"c={where}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP {formats}", "a=rtpmap:101 telephone-event/8000"]
    return ("\r\n".join([*lines, "a=fmtp:101 0-15", f"a={direction}"]) + "\r\n").encode()


def digest_is_right(header: str, *, method: str, username: str, password: str, nonce: str) -> bool:
    """Check a digest answer."""
    given = dict(FIELD.findall(header.removeprefix("Digest ")))
    name = "sha256" if given.get("algorithm") == "SHA-256" else "md5"

    def hashed(text: str) -> str:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    ha1 = hashed(f"{username}:{given.get('realm')}:{password}")
    ha2 = hashed(f"{method}:{given.get('uri')}")
    middle = nonce
    if "qop" in given:
        middle = f"{nonce}:{given.get('nc')}:{given.get('cnonce')}:{given['qop']}"
    right = hashed(f"{ha1}:{middle}:{ha2}")
    return (given.get("username"), given.get("nonce"), given.get("response")) == (
        username,
        nonce,
        right,
    )


def _check(headers: dict[str, list[str]], body: bytes) -> None:
    missing = [name for name in REQUIRED if name not in headers]
    if missing:
        raise StrictError(f"missing {', '.join(missing)}")
    if headers["content-length"][0] != str(len(body)):
        raise StrictError("Content-Length is not the length of the body")
    if not BRANCH.search(headers["via"][0]) or not TAG.search(headers["from"][0]):
        raise StrictError("Via without a branch, or From without a tag")
    if any(len(headers.get(name, ())) > 1 for name in ("from", "to", "call-id", "cseq")):
        raise StrictError("a header twice that may stand once")


def _start(line: str, method: str) -> tuple[int, str]:
    parts = line.split(" ", 2)
    if len(parts) != START_PARTS:
        raise StrictError("start line")
    if parts[0] == "SIP/2.0":
        return int(parts[1]), ""
    if parts[2] != "SIP/2.0" or parts[0] != method:
        raise StrictError("CSeq names another method than the start line")
    return 0, parts[1]


def _shorten(line: str) -> str:
    name, _, value = line.partition(": ")
    return f"{SHORT[name]}:{value}" if name in SHORT else f"{name} :   {value}"


def _group(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
