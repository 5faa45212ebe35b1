"""Digest the registers, and hold them against the last digest and what was recorded since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import record as audit
from audit.body import timestamp
from audit.digests.chunks import Sum, chunks, keep, kept_chunks, sum_of
from audit.digests.compare import Change, Unexplained, unexplained
from audit.digests.registers import Register
from audit.digests.since import Bound, bound_now, said_since
from audit.models import AuditEntry

OBJECT = "state:registers"
NAMED = 100  # rows that an entry names; the count is of all


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """The state of one register, and what has changed in it since the last digest."""

    register: str
    rows: int
    sha256: str
    shape: str
    change: Change
    reshaped: bool  # its columns are others than they were: a migration, or the first digest


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state of all registers, held against the last digest."""

    since: str | None  # when the last digest was; None before the first one
    registers: tuple[Digested, ...]
    unexplained: tuple[Unexplained, ...]

    @property
    def changed(self) -> int:
        """How many rows are not as they were."""
        return sum(len(one.change) for one in self.registers)


@transaction.atomic
def state_digest(*, registers: Sequence[Register], actor: str, now: datetime) -> State:
    """Put the digest of every register on the trail, with every change that nobody recorded.

    What was found stays found: the next digest begins from the rows as they are now.
    """
    bound = bound_now()  # before any row is read, so that no entry is older than its row
    state = _compare(registers, keeping=True)
    audit.record(
        "state.digested",
        obj=OBJECT,
        actor=actor,
        now=now,
        outcome="error" if state.unexplained else "ok",
        data={
            "registers": [
                {"name": one.register, "rows": one.rows, "sha256": one.sha256, "shape": one.shape}
                for one in state.registers
            ],
            "bound": bound.as_data(),
            "changed": state.changed,
            "unexplained": len(state.unexplained),
            "named": [
                {"register": one.register, "key": one.key, "how": one.how}
                for one in state.unexplained[:NAMED]
            ],
        },
    )
    return state


@transaction.atomic
def state_check(*, registers: Sequence[Register]) -> State:
    """Hold the registers as they are against the last digest; write nothing."""
    return _compare(registers, keeping=False)


def _compare(registers: Sequence[Register], *, keeping: bool) -> State:
    entry = AuditEntry.objects.of("state.digested").order_by("pk").last()
    last = {} if entry is None else json.loads(bytes(entry.body))["data"]
    before = {row["name"]: row for row in last.get("registers", ())}
    found: list[Unexplained] = []
    done = []
    for register in registers:
        digested, stored = _one(register, before.get(register.name), keeping=keeping)
        done.append(digested)
        if not stored:
            found.append(Unexplained(register=register.name, key=0, how="digests altered"))
    if entry is not None:
        bound = Bound(newest=last["bound"]["newest"], unseen=tuple(last["bound"]["unseen"]))
        found += _explained(registers, done, bound)
    return State(
        since=None if entry is None else timestamp(entry.ts),
        registers=tuple(done),
        unexplained=tuple(found),
    )


def _one(
    register: Register, last: Mapping[str, Any] | None, *, keeping: bool
) -> tuple[Digested, bool]:
    """Read one register; return also whether what is kept of it is what was recorded."""
    kept = kept_chunks(register.name)
    shape = register.shape
    reshaped = last is None or last["shape"] != shape
    stored = last is None or (
        last["sha256"] == sum_of(kept.items(), name=register.name, shape=last["shape"])
    )
    summed, change = Sum(name=register.name, shape=shape), Change()
    altered: dict[int, bytes] = {}
    left = set(kept)
    for number, content in chunks(register):
        summed.add(number, content)
        left.discard(number)
        if kept.get(number) != content:
            altered[number] = content
            if not reshaped:
                change.take(kept.get(number, b""), content)
    for number in left if not reshaped else ():
        change.take(kept[number], b"")
    if keeping:
        keep(register.name, altered, gone=left)
    digested = Digested(
        register=register.name,
        rows=summed.rows,
        sha256=summed.hexdigest(),
        shape=shape,
        change=change,
        reshaped=reshaped,
    )
    return digested, stored


def _explained(
    registers: Sequence[Register], done: Sequence[Digested], bound: Bound
) -> list[Unexplained]:
    changed = [
        (register, one.change)
        for register, one in zip(registers, done, strict=True)
        if len(one.change)
    ]
    if not changed:
        return []
    kinds = {told.kind for register, _ in changed for told in register.told}
    said = said_since(bound, kinds=kinds)
    return [one for register, change in changed for one in unexplained(register, change, said)]
