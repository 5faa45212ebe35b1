"""Malformed SIP packets without end: mutations of valid ones, the same for the same seed."""

import random
from collections.abc import Callable, Iterator

HEADERS = ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Route")
BYTES = (b"\x00", b"\xff", b"\r", b"\n", b" ", b"\t", b'"', b"<", b">", b";", b",", b"%", b"\xc3")
VALUES = (
    *("", " ", ",", ";", "<", ">", '"', "<>", "sip:", "sip:@", "tel:", "-1", "0", "99999999999"),
    *("<sip:a@b", '"<sip:a@b>', "sip:a@[::1", "z9hG4bK", ";tag=", ";;tag==x;tag", "x" * 200),
    *("\u0663 INVITE", "1e9 BYE", "4294967296 OPTIONS", "1  ", "1 \x00", "☎", "%00%0d%0a"),
)
FLOODS = (
    ",",
    ";",
    "<",
    ">",
    '"',
    " ",
    "\t",
    "a",
    "=",
    ";tag=x",
    "Q.850;",
    "\r\n ",
    "\r\n",
    "<,",
    '",',
)
START_LINES = (
    *("", "SIP/2.0", "SIP/2.0 ", "SIP/2.0 99 x", "SIP/2.0 999", "SIP/2.0 200", "SIP/2.0 2OO OK"),
    *("SIP/3.0 200 OK", "sip/2.0 200 ok", "INVITE", "INVITE  SIP/2.0", "INVITE sip:a SIP/2.0 x"),
    *("GET / HTTP/1.1", "invite sip:a SIP/2.0", "\x16\x03\x01", "SIP/2.0 -200 OK"),
)
LONGEST = 60_000

Mutation = Callable[[bytes, random.Random], bytes]


def flip(data: bytes, rng: random.Random) -> bytes:
    """Change some bytes."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 12)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    """Cut it off somewhere."""
    return data[: rng.randrange(len(data))]


def insert(data: bytes, rng: random.Random) -> bytes:
    """Put odd bytes in."""
    at = rng.randrange(len(data))
    return data[:at] + rng.choice(BYTES) * rng.choice((1, 2, 50)) + data[at:]


def start_line(data: bytes, rng: random.Random) -> bytes:
    """Begin as nothing of ours does."""
    return rng.choice(START_LINES).encode() + b"\r\n" + data.partition(b"\r\n")[2]


def _lines(data: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = data.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def _joined(lines: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def drop(data: bytes, rng: random.Random) -> bytes:
    """Leave a line out."""
    lines, body = _lines(data)
    del lines[rng.randrange(len(lines))]
    return _joined(lines, body)


def repeat(data: bytes, rng: random.Random) -> bytes:
    """Say a line again and again."""
    lines, body = _lines(data)
    at = rng.randrange(len(lines))
    return _joined([*lines[:at], *[lines[at]] * rng.choice((2, 5, 100)), *lines[at:]], body)


def shuffle(data: bytes, rng: random.Random) -> bytes:
    """Say the lines in another order."""
    lines, body = _lines(data)
    rng.shuffle(lines)
    return _joined(lines, body)


def value(data: bytes, rng: random.Random) -> bytes:
    """Give a header a value that it may not have."""
    return _with_value(data, rng, rng.choice(VALUES))


def flood(data: bytes, rng: random.Random) -> bytes:
    """Give a header a value that is expensive to read."""
    unit = rng.choice(FLOODS)
    length = rng.choice((500, 5_000)) if rng.random() < 0.97 else LONGEST
    return _with_value(data, rng, unit * (length // len(unit)))[:LONGEST]


def _with_value(data: bytes, rng: random.Random, text: str) -> bytes:
    lines, body = _lines(data)
    at = rng.randrange(1, len(lines)) if len(lines) > 1 else 0
    name = lines[at].partition(b":")[0] if rng.random() < 0.7 else rng.choice(HEADERS).encode()
    kept = lines[at].partition(b":")[2] if rng.random() < 0.5 else b""
    lines[at] = name + b": " + kept + text.encode("utf-8", "replace")
    return _joined(lines, body)


def body(data: bytes, rng: random.Random) -> bytes:
    """Give it a body that is none, or not of the length that it says."""
    lines, old = _lines(data)
    new = rng.choice((b"", old[: len(old) // 2], b"\r\n" * 2000, b"\n" * 9000, rng.randbytes(400)))
    length = rng.choice((b"-1", b"99999", b"x", b"", str(len(new)).encode()))
    kept = [line for line in lines if not line.lower().startswith(b"content-length")]
    return _joined([*kept, b"Content-Length: " + length], new)


def fold(data: bytes, rng: random.Random) -> bytes:
    """Fold lines wherever."""
    return data.replace(b" ", rng.choice((b"\r\n ", b"\n\t", b"\r\n  \r\n ")), rng.randint(1, 20))


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, cut, insert, start_line, drop, repeat, shuffle, value, value, flood, body, fold),
)


def mangled(valid: list[bytes], *, count: int, seed: int) -> Iterator[bytes]:
    """Yield so many packets, each from a valid one by one to three mutations."""
    rng = random.Random(seed)
    for _ in range(count):
        data = rng.choice(valid)
        for mutation in rng.choices(MUTATIONS, k=rng.choice((1, 1, 2, 3))):
            data = mutation(data, rng) or b"\x00"
        yield data[:LONGEST]
