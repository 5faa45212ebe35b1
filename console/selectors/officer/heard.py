"""Refusals that were heard in calls: what a machine heard beside what the agent wrote."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from compliance.models import Overruling, Permit, Refusal
from compliance.models.words import RefusalSource
from compliance.selectors.refusals_of_call import evidence_of_call
from dialer.models import Attempt, WrapUp
from dialer.models.wrap_up import REFUSALS

ON_A_PAGE = 30
IN_CALLS = (RefusalSource.KEY_9, RefusalSource.SPEECH, RefusalSource.AGENT)
MACHINE = frozenset({RefusalSource.KEY_9, RefusalSource.SPEECH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One call with a refusal: both sides of it."""

    permit: Permit
    attempt: Attempt | None
    refusals: Sequence[Refusal]
    word: WrapUp | None  # the agent's last
    overruled: bool

    @property
    def at(self) -> datetime:
        """When the first refusal of the call was heard."""
        return min(one.recorded_at for one in self.refusals)

    @property
    def by_machine(self) -> bool:
        """Whether a machine heard it, and not the agent alone."""
        return any(one.source in MACHINE for one in self.refusals)

    @property
    def verdict(self) -> str:
        """Whether the agent's word fits: differs, agrees, or is not there."""
        if self.overruled:
            return "differs"
        if self.word is None:
            return "silent"
        return "agrees" if self.word.said in REFUSALS else "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One page of calls, and where the next one begins."""

    calls: Sequence[Heard]
    after: int | None
    differing: int


def inbox(*, everything: bool, after: int | None) -> Inbox:
    """Return the calls whose agent said something else; or all with a refusal, newest first."""
    found, last = _all(after) if everything else _differing(after)
    return Inbox(calls=_calls(found), after=last, differing=Overruling.objects.count())


def _differing(after: int | None) -> tuple[list[UUID], int | None]:
    rows = Overruling.objects.order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.values_list("pk", "permit_id")[: ON_A_PAGE + 1])
    more = len(found) > ON_A_PAGE
    return [permit for _, permit in found[:ON_A_PAGE]], found[ON_A_PAGE - 1][0] if more else None


def _all(after: int | None) -> tuple[list[UUID], int | None]:
    rows = Refusal.objects.filter(source__in=IN_CALLS).order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.values_list("pk", "evidence")[: ON_A_PAGE + 1])
    more = len(found) > ON_A_PAGE
    permits = [_permit_in(evidence) for _, evidence in found[:ON_A_PAGE]]
    last = found[ON_A_PAGE - 1][0] if more else None
    return list(dict.fromkeys(permit for permit in permits if permit)), last


def _calls(permit_ids: Iterable[UUID]) -> Sequence[Heard]:
    wanted = list(permit_ids)
    permits = Permit.objects.select_related("person", "seat", "filing").in_bulk(wanted)
    by_evidence = {evidence_of_call(permit): permit.pk for permit in permits.values()}
    refusals: dict[UUID, list[Refusal]] = {}
    people = {permit.person_id for permit in permits.values()}
    rows = Refusal.objects.filter(person__in=people, evidence__in=by_evidence)
    for row in rows.order_by("pk"):
        refusals.setdefault(by_evidence[row.evidence], []).append(row)
    attempts = {
        attempt.permit_id: attempt
        for attempt in Attempt.objects.filter(permit__in=wanted).select_related("recording")
    }
    words = _last_words(wanted)
    overruled = set(
        Overruling.objects.filter(permit__in=wanted).values_list("permit_id", flat=True)
    )
    return [
        Heard(
            permit=permits[one],
            attempt=attempts.get(one),
            refusals=refusals[one],
            word=words.get(one),
            overruled=one in overruled,
        )
        for one in wanted
        if one in permits and one in refusals
    ]


def _last_words(permit_ids: Sequence[UUID]) -> dict[UUID, WrapUp]:
    rows = WrapUp.objects.filter(attempt__permit__in=permit_ids).order_by("pk")
    return {row.of_permit: row for row in rows.annotate(of_permit=F("attempt__permit_id"))}


def _permit_in(evidence: str) -> UUID | None:
    kind, _, text = evidence.partition(":")
    try:
        return UUID(text) if kind == "permit" else None
    except ValueError:
        return None
