"""Decisions, newest first, narrowed by what a reader asks for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.editions import book_to_show
from compliance.models import Decision
from console.selectors.objections import day_of
from console.words import FAMILIES, family_of

ON_A_PAGE = 30
CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_KEY = 18  # digits that surely fit a key of the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asks for; an empty field asks for nothing."""

    rule: str = ""  # a rule's id, or a family such as "CON"
    verdict: str = ""
    kind: str = ""
    campaign: str = ""  # code
    seat: str = ""  # code
    day: date | None = None  # local
    person: int | None = None

    @property
    def query(self) -> str:
        """Return the filters as a query string."""
        given = {
            "rule": self.rule,
            "verdict": self.verdict,
            "kind": self.kind,
            "campaign": self.campaign,
            "seat": self.seat,
            "day": self.day.isoformat() if self.day else "",
            "person": str(self.person) if self.person else "",
        }
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of decisions and where the next one begins."""

    decisions: Sequence[Decision]
    after: UUID | None  # the last decision shown, if there are more


def wanted_from(given: Mapping[str, str]) -> Wanted:
    """Read the filters of a query string; what cannot be understood is not asked for."""
    return Wanted(
        rule=_code(given.get("rule", "")),
        verdict=_code(given.get("verdict", "")),
        kind=_code(given.get("kind", "")),
        campaign=_code(given.get("campaign", "")),
        seat=_code(given.get("seat", "")),
        day=_date(given.get("day", "")),
        person=_key(given.get("person", "")),
    )


def after_from(text: str) -> UUID | None:
    """Read where a page begins."""
    try:
        return UUID(text)
    except ValueError:
        return None


def decisions_page(*, wanted: Wanted, after: UUID | None, now: datetime) -> Page:
    """Return the decisions after `after`, or the newest."""
    rows = _narrowed(wanted, now)
    last = (
        Decision.objects.filter(pk=after).values_list("at", flat=True).first() if after else None
    )
    if last is not None and after is not None:
        # (at, id) < (last, after), in the form that an index on `at` can serve
        rows = rows.filter(at__lte=last).filter(Q(at__lt=last) | Q(pk__lt=after))
    rows = rows.select_related("filing", "person", "seat", "permit__attempt")
    found = list(rows.defer("facts", "findings").order_by("-at", "-pk")[: ON_A_PAGE + 1])
    more = len(found) > ON_A_PAGE
    return Page(decisions=found[:ON_A_PAGE], after=found[ON_A_PAGE - 1].pk if more else None)


def _narrowed(wanted: Wanted, now: datetime) -> QuerySet[Decision]:
    exact = {
        "verdict": wanted.verdict,
        "kind": wanted.kind,
        "filing__code": wanted.campaign,
        "seat__code": wanted.seat,
        "person_id": wanted.person,
    }
    rows = Decision.objects.filter(**{name: value for name, value in exact.items() if value})
    if wanted.day:
        start, end = day_of(_noon(wanted.day))
        rows = rows.filter(at__gte=start, at__lt=end)
    return rows.filter(_objects(wanted.rule, now)) if wanted.rule else rows


def _objects(rule: str, now: datetime) -> Q:
    """Match decisions in which the rule, or any rule of the family, objected."""
    if rule not in FAMILIES:
        return Q(objecting_rules__contains=[rule])
    ids = [bound.id for bound in book_to_show(now).rules() if family_of(bound.id) == rule]
    return Q(objecting_rules__has_any_keys=ids)


def _code(text: str) -> str:
    return text if CODE.fullmatch(text) else ""


def _key(text: str) -> int | None:
    whole = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if whole else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
