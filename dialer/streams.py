"""Messages between the scheduler and the line processes, on Redis; none of them is authority.

A permit's id travels to the process that owns its trunk. Whoever reads it still has to redeem the
permit in the database; a lost message costs the permit's ten seconds and nothing else.
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from compliance.models import Permit

MAX_WAITING = 1000  # messages older than that are permits long expired
HEARTBEAT_SECONDS = 5
GROUP = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a line process last said of its trunk."""

    live: int
    max_calls: int
    up: bool
    invites_sent: int

    @property
    def free_lines(self) -> int:
        """Return how many more calls the trunk takes on now."""
        return self.max_calls - self.live if self.up else 0


@cache
def client() -> "redis.Redis":
    """Return this process's connection pool."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=5, socket_connect_timeout=2
    )


def send_permit(permit: Permit) -> None:
    """Tell the trunk's line process that a permit waits for it."""
    client().xadd(stream_of(permit.trunk.code), {"permit": str(permit.pk)}, maxlen=MAX_WAITING)


def stream_of(trunk_code: str) -> str:
    """Name a trunk's stream."""
    return f"yunhu:permits:{trunk_code}"


def open_stream(trunk_code: str) -> None:
    """Make sure that the trunk's stream and its reader group exist."""
    try:
        client().xgroup_create(stream_of(trunk_code), GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def next_permits(*, trunk_code: str, reader: str, wait_ms: int, at_most: int) -> list[UUID]:
    """Return the ids of permits that wait, each to exactly one reader and exactly once."""
    answer = client().xreadgroup(
        GROUP, reader, {stream_of(trunk_code): ">"}, count=at_most, block=wait_ms, noack=True
    )
    messages = [fields for entries in _entries(answer) for _, fields in entries]
    return [UUID(fields["permit"]) for fields in messages if "permit" in fields]


def _entries(answer: object) -> list[list[tuple[str, dict[str, str]]]]:
    """Read an XREADGROUP answer of either protocol version."""
    if not answer:
        return []
    if isinstance(answer, dict):
        return [batch for batches in answer.values() for batch in batches]
    if isinstance(answer, list):
        return [entries for _, entries in answer]
    raise TypeError(f"XREADGROUP answered {type(answer).__name__}.")


def beat(*, trunk_code: str, heartbeat: Heartbeat) -> None:
    """Publish what the trunk can carry; silence means nothing at all."""
    key = f"yunhu:heartbeat:{trunk_code}"
    with client().pipeline() as pipe:
        pipe.hset(
            key,
            mapping={
                "live": heartbeat.live,
                "max_calls": heartbeat.max_calls,
                "up": int(heartbeat.up),
                "invites_sent": heartbeat.invites_sent,
            },
        )
        pipe.expire(key, HEARTBEAT_SECONDS)
        pipe.execute()


def heartbeat_of(trunk_code: str) -> Heartbeat | None:
    """Return the trunk's last heartbeat, or None once it has fallen silent."""
    values = client().hgetall(f"yunhu:heartbeat:{trunk_code}")
    if not values:
        return None
    return Heartbeat(
        live=int(values["live"]),
        max_calls=int(values["max_calls"]),
        up=values["up"] == "1",
        invites_sent=int(values["invites_sent"]),
    )
