"""Ask beforehand how many of a campaign's leads could be called: now, later, or never, and why."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.editions import book_of_decision
from compliance.preflight import Preflight, preflight
from compliance.rulebook.codec import instant_text
from compliance.suppression import Suppression
from dialer.models import Campaign, Lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found, and how long it took."""

    found: Preflight
    seconds: float

    @property
    def data(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        found, seconds = self.found, self.seconds
        book = book_of_decision(found.book_digest)
        return {
            "campaign": found.campaign,
            "state": found.state,
            "supposed": {"state": "active", "seat": "the freest, ready"},
            "at": instant_text(found.at),
            "people": found.people,
            "now": found.now,
            "later": found.later,
            "never": found.never,
            "prefiltered": found.prefiltered,
            "later_from": _instant(found.first_at),
            "later_until": _instant(found.last_at),
            "later_by_local_hour": dict(sorted(found.later_on.items())),
            "rules": [rule_data(found, rule_id) for rule_id, _ in found.objections.most_common()],
            "book": {"id": book.id, "version": book.version, "sha256": found.book_digest},
            "seconds": round(seconds, 3),
            "people_per_second": round(found.people / seconds) if seconds else None,
        }


def campaign_check(
    *,
    campaign: Campaign,
    actor: str,
    now: datetime,
    at: datetime | None = None,
    prefilter: bool = False,
    on_people: Callable[[int, int], object] = lambda _done, _of: None,
) -> Checked:
    """Judge a call to every waiting lead; no permit comes of it, and nothing is changed.

    :raises FactsUnavailableError: if a fact could not be read
    """
    waiting = Lead.objects.filter(campaign=campaign, state=Lead.State.WAITING)
    people = list(waiting.order_by("pk").values_list("person_id", flat=True))
    began = time.perf_counter()
    found = preflight(
        filing=campaign.filing,
        person_ids=_counted(people, on_people),
        actor=actor,
        now=now,
        at=at,
        suppression=_suppression(campaign) if prefilter else None,
    )
    return Checked(found=found, seconds=time.perf_counter() - began)


def _counted(people: list[int], on_people: Callable[[int, int], object]) -> Iterator[int]:
    for done, person in enumerate(people):
        on_people(done, len(people))
        yield person


def _suppression(campaign: Campaign) -> Suppression:
    filing = campaign.filing
    suppression = Suppression(
        principal_id=filing.principal_id, industry=filing.industry, purpose=filing.purpose
    )
    suppression.refresh()
    return suppression


def rule_data(found: Preflight, rule_id: str) -> dict[str, Any]:
    """Return how many people one rule objected to."""
    bound = book_of_decision(found.book_digest).rule(rule_id)
    refused = found.refusing[rule_id]
    return {
        "rule": rule_id,
        "title": {"zh": bound.title_zh, "en": bound.title_en} if bound else {},
        "people": found.objections[rule_id],
        "refused": refused,
        "deferred": found.objections[rule_id] - refused,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
