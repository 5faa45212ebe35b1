"""How the loopback carrier answers what belongs to no call, with the oddities of real ones."""

from datetime import timedelta
from email.utils import format_datetime

from dialer.lines.carrier_records import now
from dialer.lines.carrier_script import Manners
from dialer.lines.carrier_text import Message, write


def outside(
    message: Message, status: str, *extra: str, manners: Manners, body: bytes = b""
) -> bytes:
    """Write the answer."""
    top, *others = message.headers["via"]
    date: tuple[str, ...] = ()
    if manners.date_ahead_seconds is not None:
        theirs = now() + timedelta(seconds=manners.date_ahead_seconds)
        date = (f"Date: {format_datetime(theirs, usegmt=True)}",)
    return write(
        status,
        f"Via: {_seen(top, manners)}",
        *(f"Via: {via}" for via in others),
        f"From: {message.first('from')}",
        f"To: {message.first('to')}" + ("" if message.to_tag else ";tag=carrier"),
        f"Call-ID: {message.call_id}",
        f"CSeq: {message.cseq} {message.method}",
        *date,
        *extra,
        body=body,
    )


def _seen(via: str, manners: Manners) -> str:
    """Fill in where the request came from (RFC 3581 4)."""
    host, _, port = manners.seen_as.partition(":")
    if not host:
        return via
    return f"{via.replace(';rport', f';rport={port}', 1)};received={host}"
