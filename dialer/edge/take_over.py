"""Take an edge's whole log over onto our record, a piece at a time."""

from datetime import datetime

from dialer.edge import log
from dialer.services.edge_note import edge_note

AT_ONCE = 500


def take_over(*, edge: str, url: str, now: datetime) -> int:
    """Return how many INVITEs were new; the edge forgets a line only when it is committed here.

    :raises redis.RedisError: if the edge's store is away; nothing is lost
    """
    new = 0
    while True:
        lines, last = log.waiting(edge=edge, url=url, at_most=AT_ONCE)
        if not last:
            return new
        new += edge_note(seen=lines, actor=f"svc:edge:{edge}", now=now)
        log.taken(url=url, last=last)
