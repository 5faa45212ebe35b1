"""What an entry of the audit trail says, as the exact bytes that are stored and hashed."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from audit.actions import BY_NAME
from audit.canonical import canon
from audit.commitment import commitment
from audit.plain_numbers import plain_number_in

VERSION = 1
OUTCOMES = frozenset({"ok", "denied", "error"})
_REFERENCE = re.compile(r"[a-z][a-z0-9_]{0,31}:[0-9A-Za-z._:/-]{1,120}")


class BodyError(ValueError):
    """The entry does not say what an entry may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, before it has its place in the trail."""

    action: str  # a name of `audit.actions`
    obj: str  # what it is about, by its surrogate id: `lead:12345`
    actor: str  # who did it, by an opaque id: `u:17`, `svc:dialer`, `api:3`
    outcome: str = "ok"
    data: Mapping[str, object] = field(default_factory=dict)  # machine facts, units in the names
    pii: Mapping[str, str] = field(default_factory=dict)  # personal fields; only commitments stay
    subject: str | None = None  # whose personal data it is, such as `person:12`
    eid: uuid.UUID | None = None  # give the same one again when trying again


def body(
    entry: Entry, *, eid: uuid.UUID, now: datetime, tenant: str, salts: Mapping[str, bytes]
) -> bytes:
    """Return the canonical bytes of the entry; `salts` has one salt for each field of `pii`.

    :raises BodyError: if the action is unknown, an id is not an id, `now` is naive, personal
        data belongs to nobody, or a telephone number shows outside `pii`
    :raises CanonicalError: if `data` holds what has no canonical form, such as a float
    """
    _check(entry, now)
    written = canon(
        {
            "v": VERSION,
            "eid": str(eid),
            "ts": timestamp(now),
            "tenant": tenant,
            "action": entry.action,
            "actor": entry.actor,
            "object": entry.obj,
            "outcome": entry.outcome,
            "data": dict(entry.data),
            "pii": {
                name: commitment(field=name, value=value, salt=salts[name])
                for name, value in entry.pii.items()
            },
        }
    )
    # Keys are sorted: the action, the actor and the data come before the first `eid` of our own.
    # What follows it is random (the identifier, the commitments) or has been checked.
    said = written[: written.rindex(b',"eid":"%s"' % str(eid).encode())].decode()
    if plain_number_in(said) or plain_number_in(entry.obj):
        raise BodyError(f"{entry.action}: a telephone number shows in the entry: put it in `pii`.")
    return written


def timestamp(now: datetime) -> str:
    """Return the instant as entries write it: `2026-11-21T20:08:49.123456Z`."""
    return now.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _check(entry: Entry, now: datetime) -> None:
    if entry.action not in BY_NAME:
        raise BodyError(f"{entry.action!r} is not in the registry of audit.actions.")
    if now.tzinfo is None:
        raise BodyError(f"{entry.action}: `now` is naive: give an aware instant.")
    if entry.outcome not in OUTCOMES:
        raise BodyError(f"{entry.action}: the outcome is none of {sorted(OUTCOMES)}.")
    if entry.pii and entry.subject is None:
        raise BodyError(f"{entry.action}: `pii` needs a `subject`, or nobody could erase it.")
    _check_reference("obj", entry.obj)
    _check_reference("actor", entry.actor)
    if entry.subject is not None:
        _check_reference("subject", entry.subject)


def _check_reference(name: str, reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        raise BodyError(f"`{name}` must look like `lead:12345`: a kind, a colon and an opaque id.")
