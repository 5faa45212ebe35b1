"""Editions of a pack, proposed and approved for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from compliance.models import PackEdition
from compliance.services.pack_approve import pack_approve
from compliance.services.pack_propose import pack_propose
from tests.world import MORNING, World

TOMORROW = datetime.fromisoformat("2026-03-12T00:00+08:00")
LATE = MORNING + timedelta(days=2)
NEXT_DAY = date(2026, 3, 12)


def fewer_calls(hour: int = 1, **changes: Any) -> dict[str, Any]:
    table = {"since": NEXT_DAY, "hour": hour, "day": 100}
    return {
        "amends": "cn13",
        "version": "2026-12",
        "rules": {"CN13-DIA-03": {"params": [table]}},
    } | changes


def propose(world: World, **changes: Any) -> PackEdition:
    said: dict[str, Any] = {
        "change": fewer_calls(),
        "effective_from": TOMORROW,
        "reason": "投诉增多 more complaints",
        "proposer": world.people.approver,
        "now": MORNING,
    }
    return pack_propose(**said | changes)


def approve(world: World, edition: PackEdition, *, now: datetime = MORNING) -> PackEdition:
    return pack_approve(edition_id=edition.pk, approver=world.people.owner, now=now)
