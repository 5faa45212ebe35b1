"""The decisions that fit what a reader asks for."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.editions import book_to_show
from compliance.models import CampaignFiling, Decision
from console.selectors.decisions_wanted import Wanted
from console.selectors.objections import day_of
from console.selectors.waterfall import last_decisions
from console.selectors.wire import BECAME
from console.words import FAMILIES, family_of

ALLOW = Decision.Verdict.ALLOW


def narrowed(wanted: Wanted, now: datetime) -> QuerySet[Decision]:
    """Return the decisions that fit everything that is asked for, in no order."""
    if _contradicts_itself(wanted):
        return Decision.objects.none()
    exact = {
        "verdict": wanted.verdict,
        "kind": wanted.kind,
        "filing__code": wanted.campaign,
        "seat__code": wanted.seat,
        "person_id": wanted.person,
        "origin": wanted.origin,
        "permit__caller_number__number": wanted.caller,
        "permit__trunk__code": wanted.trunk,
        "filing__state": CampaignFiling.State.ACTIVE if wanted.running else "",
    }
    rows = Decision.objects.filter(**{name: value for name, value in exact.items() if value})
    if wanted.permit:
        rows = rows.filter(BECAME[wanted.permit])
    if wanted.stands:
        rows = rows.filter(pk__in=last_decisions(wanted.stands, now=now))
    return _by_time(rows, wanted, now)


def _contradicts_itself(wanted: Wanted) -> bool:
    """Return whether a permit is asked for where there can be none: the planner would look."""
    permitted = bool(wanted.permit or wanted.caller or wanted.trunk)
    objected_to = bool(wanted.rule) and wanted.answer != ALLOW
    return permitted and (objected_to or wanted.verdict not in {"", ALLOW})


def times(wanted: Wanted) -> tuple[datetime | None, datetime | None]:
    """Return the earliest and the latest instant that fit, where something says."""
    start, end = day_of(_noon(wanted.day)) if wanted.day else (None, None)
    earliest = [one for one in (start, wanted.since) if one is not None]
    latest = [one for one in (end, wanted.until) if one is not None]
    return max(earliest, default=None), min(latest, default=None)


def objected(rule: str, now: datetime) -> QuerySet[Decision]:
    """Return the decisions in which a rule, or any of a family, objected.

    As the index of objections is written, which holds no decision that allowed a call.
    """
    return Decision.objects.filter(_objected(_rules(rule, now))).exclude(verdict=ALLOW)


def _by_time(rows: QuerySet[Decision], wanted: Wanted, now: datetime) -> QuerySet[Decision]:
    if wanted.day:
        start, end = day_of(_noon(wanted.day))
        rows = rows.filter(at__gte=start, at__lt=end)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lte=wanted.until)
    return _by_rule(rows, wanted, now) if wanted.rule else rows


def _by_rule(rows: QuerySet[Decision], wanted: Wanted, now: datetime) -> QuerySet[Decision]:
    ids = _rules(wanted.rule, now)
    if wanted.answer == ALLOW:
        return rows.filter(_any(map(_allowed, ids)))
    if wanted.answer:
        rows = rows.filter(
            _any(Q(findings__contains=[{"rule": one, "verdict": wanted.answer}]) for one in ids)
        )
    return rows.filter(_objected(ids)).exclude(verdict=ALLOW)


def _rules(rule: str, now: datetime) -> Sequence[str]:
    """Return the rule, or the rules of the family."""
    if rule not in FAMILIES:
        return [rule]
    return [bound.id for bound in book_to_show(now).rules() if family_of(bound.id) == rule]


def _objected(ids: Sequence[str]) -> Q:
    if len(ids) == 1:
        return Q(objecting_rules__contains=ids)
    return Q(objecting_rules__has_any_keys=ids)


def _allowed(rule: str) -> Q:
    """Match decisions for which the rule had nothing against the call, whatever others had."""
    return Q(answers__startswith=f"{rule}=a") | Q(answers__contains=f" {rule}=a")


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
