"""How the loopback carrier answers what belongs to no call, with the oddities of real ones."""

import re
from datetime import timedelta
from email.utils import format_datetime

from dialer.lines.carrier.records import now
from dialer.lines.carrier.script import Manners
from dialer.lines.carrier.text import Message, write

RPORT = re.compile(r";rport(?![=\w])")


def outside(
    message: Message, status: str, *extra: str, manners: Manners, body: bytes = b""
) -> bytes:
    """Write the answer."""
    date: tuple[str, ...] = ()
    if manners.date_ahead_seconds is not None:
        theirs = now() + timedelta(seconds=manners.date_ahead_seconds)
        date = (f"Date: {format_datetime(theirs, usegmt=True)}",)
    return write(
        status,
        *(f"Via: {via}" for via in message.headers["via"]),
        f"From: {message.first('from')}",
        f"To: {message.first('to')}" + ("" if message.to_tag else ";tag=carrier"),
        f"Call-ID: {message.call_id}",
        f"CSeq: {message.cseq} {message.method}",
        *date,
        *extra,
        body=body,
    )


def seen(via: str, *, source: tuple[str, int], manners: Manners) -> str:
    """Fill in where the request came from, if it asks for that (RFC 3581 4)."""
    host, _, port = (manners.seen_as or f"{source[0]}:{source[1]}").rpartition(":")
    return RPORT.sub(f";rport={port}", via, count=1) + f";received={host}" if _asks(via) else via


def _asks(via: str) -> bool:
    return RPORT.search(via) is not None
