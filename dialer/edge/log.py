"""The production edge's own log, on its Redis stream: read here, trimmed once it is on record."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import NAMESPACE_URL, uuid5

import redis
from django.conf import settings

from dialer.services.edge_note import EdgeSeen

STREAM = "yunhu:edge:log"
ID = re.compile(r"([0-9]+)-([0-9]+)")
Lines = Sequence[tuple[str, Mapping[str, str]]]  # place in the stream, and what it says
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def client(url: str) -> "redis.Redis":
    """Return this process's connections to an edge's store."""
    return redis.Redis.from_url(
        url, decode_responses=True, socket_timeout=5, socket_connect_timeout=2
    )


def edges() -> dict[str, str]:
    """Return the stores of the edges that this deployment has, by the edge's name."""
    return dict(settings.EDGE_STORES)


def waiting(*, edge: str, url: str, at_most: int) -> tuple[list[EdgeSeen], str]:
    """Return the oldest lines of an edge's log, and the place of the last of them; "": none."""
    lines: Lines = client(url).xrange(STREAM, count=at_most) or []  # type: ignore[assignment]
    return list(seen(edge, lines)), lines[-1][0] if lines else ""


def taken(*, url: str, last: str) -> None:
    """Let the edge forget its log up to a line that is on record here."""
    milliseconds, count = _place(last)
    client(url).xtrim(STREAM, minid=f"{milliseconds}-{count + 1}", approximate=False)


def seen(edge: str, lines: Lines) -> Iterator[EdgeSeen]:
    """Yield what each line says; its place in the log is its name and its instant."""
    for place, fields in lines:
        milliseconds, _ = _place(place)
        yield EdgeSeen(
            id=uuid5(NAMESPACE_URL, f"yunhu:edge:{edge}:{place}"),
            edge=edge,
            at=EPOCH + timedelta(milliseconds=milliseconds),
            trunk=fields.get("trunk", "").removeprefix("-"),
            permit=fields.get("permit", "").removeprefix("-"),
            call_id=fields.get("call", ""),
            why=fields.get("why", "form"),  # a line without it is nobody's, and not "relayed"
            source=fields.get("source", ""),
            masked=fields.get("masked", ""),
            count=_count(fields.get("count", "1")),
        )


def _count(text: str) -> int:
    """Return how many packets a line stands for; one at least, whatever it says."""
    return max(1, int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else 1


def _place(line: str) -> tuple[int, int]:
    found = ID.fullmatch(line)
    if found is None:
        raise ValueError(f"{line!r} is no place in a stream.")
    return int(found[1]), int(found[2])
