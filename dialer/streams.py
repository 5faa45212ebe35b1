"""Messages between the scheduler and the line processes, on Redis; none of them is authority.

A permit's id travels to the process that owns its trunk, and its passport with it, sealed: it
names both numbers. Whoever reads it still has to redeem the permit in the database; a lost message
costs the permit's ten seconds and nothing else.
"""

import base64
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from compliance.models import Permit
from compliance.vault import SealBrokenError, seal, unseal

log = logging.getLogger(__name__)
MAX_WAITING = 1000  # messages older than that are permits long expired
HEARTBEAT_SECONDS = 5
FRESH_SECONDS = 3.0  # a heartbeat comes every second; pacing believes none that is older
GROUP = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitSent:
    """A permit on its way to its trunk."""

    permit_id: UUID
    identity: str  # its passport, as the Identity header carries it


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a line process last said of its trunk."""

    live: int
    max_calls: int
    up: bool
    invites_sent: int
    advertised: int = -1  # calls that pacing may count on; -1: as many as `max_calls`
    reason: str = ""  # why the trunk is down, for people
    age_seconds: float = 0.0  # since it was said, by the broker's clock

    @property
    def free_lines(self) -> int:
        """Return how many more calls the trunk takes on now; an old heartbeat speaks for none."""
        if not self.up or self.age_seconds > FRESH_SECONDS:
            return 0
        room = self.max_calls if self.advertised < 0 else min(self.advertised, self.max_calls)
        return max(0, room - self.live)


@cache
def client() -> "redis.Redis":
    """Return this process's connection pool."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_timeout=5, socket_connect_timeout=2
    )


def send_permit(permit: Permit, *, identity: str) -> None:
    """Tell the trunk's line process that a permit waits for it, with the permit's passport."""
    sealed = base64.b64encode(seal(identity, bound_to=permit.pk.bytes)).decode()
    client().xadd(
        stream_of(permit.trunk.code),
        {"permit": str(permit.pk), "identity": sealed},
        maxlen=MAX_WAITING,
    )


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


def next_permits(*, trunk_code: str, reader: str, wait_ms: int, at_most: int) -> list[PermitSent]:
    """Return the permits that wait, each to exactly one reader and exactly once."""
    answer = client().xreadgroup(
        GROUP, reader, {stream_of(trunk_code): ">"}, count=at_most, block=wait_ms, noack=True
    )
    messages = [fields for entries in _entries(answer) for _, fields in entries]
    return list(_opened(messages))


def _opened(messages: list[dict[str, str]]) -> Iterator[PermitSent]:
    """Yield the permits whose passport opens; one without may expire, like a lost message."""
    for fields in messages:
        try:
            permit_id = UUID(fields["permit"])
            sealed = base64.b64decode(fields["identity"])
            identity = unseal(sealed, bound_to=permit_id.bytes)
        except (KeyError, ValueError, SealBrokenError) as error:
            log.warning("a message of the trunk's stream is no permit: %s", type(error).__name__)
        else:
            yield PermitSent(permit_id=permit_id, identity=identity)


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
                "advertised": heartbeat.advertised,
                "reason": heartbeat.reason,
            },
        )
        pipe.expire(key, HEARTBEAT_SECONDS)
        pipe.execute()


def heartbeat_of(trunk_code: str) -> Heartbeat | None:
    """Return the trunk's last heartbeat, or None once it has fallen silent."""
    key = f"yunhu:heartbeat:{trunk_code}"
    with client().pipeline() as pipe:
        pipe.hgetall(key)
        pipe.pttl(key)
        values, left_ms = pipe.execute()
    if not values or left_ms < 0:
        return None
    return Heartbeat(
        live=int(values["live"]),
        max_calls=int(values["max_calls"]),
        up=values["up"] == "1",
        invites_sent=int(values["invites_sent"]),
        advertised=int(values.get("advertised", -1)),
        reason=values.get("reason", ""),
        age_seconds=HEARTBEAT_SECONDS - left_ms / 1000,
    )
