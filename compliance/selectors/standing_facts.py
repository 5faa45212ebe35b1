"""What stands for every call alike until the epoch moves on: lines, seats and switches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count

from compliance.calendars import ApprovedYear
from compliance.models import (
    CalendarYear,
    CampaignFiling,
    ExternalList,
    Honeypot,
    KillSwitch,
    Overruling,
    ProtectedNumber,
    QuietDays,
    Seat,
    Trunk,
)
from compliance.rulebook.facts import QuietFacts

ANYWHERE = "CN-*"  # a callee whose place is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The deployment, as it stands in one epoch."""

    carrier_trunks: int
    seats: int  # registered, whether or not active
    engaged: tuple[tuple[str, str], ...]  # scope and target of the kill switches
    canaries: frozenset[str]  # blind indexes, hex, of the numbers that no list can lawfully hold
    years: tuple[ApprovedYear, ...]
    quiet: tuple[QuietFacts, ...]
    protected: int  # how many numbers are protected; they only grow
    list_codes: Mapping[int, str]  # of others' do-not-call lists, by id
    overruled: Mapping[int, int]  # by seat: calls whose refusal stood against the agent's word

    def stops(self, filing: CampaignFiling, provinces: Collection[str]) -> tuple[str, ...]:
        """Return the scopes of the kill switches that stop calls of a filing to these places.

        A callee who may be anywhere may be in the province that is stopped.
        """
        targets = {"principal": {str(filing.principal_id)}, "industry": {filing.industry}}
        anywhere = ANYWHERE in provinces
        stopping = {
            scope
            for scope, target in self.engaged
            if scope == KillSwitch.Scope.PLATFORM
            or (scope == KillSwitch.Scope.PROVINCE and (anywhere or target in provinces))
            or target in targets.get(scope, ())
        }
        return tuple(sorted(stopping))


@lru_cache(maxsize=8)
def standing_at_epoch(epoch: int) -> Standing:  # noqa: ARG001 - the cache's key
    """Return what stands in `epoch`, which goes up with every change of what is read here."""
    return Standing(
        carrier_trunks=Trunk.objects.exclude(kind=Trunk.Kind.LOOPBACK).count(),
        seats=Seat.objects.count(),
        engaged=tuple(KillSwitch.objects.filter(released_at=None).values_list("scope", "target")),
        canaries=frozenset(
            bytes(index).hex() for index in Honeypot.objects.values_list("number_index", flat=True)
        ),
        years=approved_years(),
        quiet=_quiet(),
        list_codes=dict(ExternalList.objects.values_list("pk", "code")),
        overruled=dict(Overruling.objects.values_list("seat_id").annotate(Count("pk"))),
        protected=ProtectedNumber.objects.count(),
    )


def approved_years() -> tuple[ApprovedYear, ...]:
    """Return the years that two people approved; a later approval replaces an earlier one."""
    approved = CalendarYear.objects.exclude(approved_at=None).order_by("approved_at", "pk")
    by_year = {
        row.year: ApprovedYear(year=row.year, days=row.days, sha256=row.sha256) for row in approved
    }
    return tuple(by_year[year] for year in sorted(by_year))


def _quiet() -> tuple[QuietFacts, ...]:
    return tuple(
        QuietFacts(
            id=row.pk,
            first_day=row.first_day,
            last_day=row.last_day,
            provinces=tuple(sorted(row.provinces)),
        )
        for row in QuietDays.objects.filter(revoked_at=None).order_by("first_day", "pk")
    )
