"""Decisions, newest first, narrowed by what a reader asks for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from compliance.editions import book_to_show
from compliance.models import Decision
from console.selectors.objections import day_of
from console.words import FAMILIES, family_of

ON_A_PAGE = 30
ALLOW = Decision.Verdict.ALLOW
LATEST = 10_000  # decisions that are looked through by time before an index is asked
CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
FIRST_YEAR, LAST_YEAR = 1971, 2999
LONGEST_KEY = 18  # digits that surely fit a key of the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asks for; an empty field asks for nothing."""

    rule: str = ""  # a rule's id, or a family such as "CON"
    answer: str = ""  # what the rule itself answered; "": it objected
    verdict: str = ""
    kind: str = ""
    campaign: str = ""  # code
    seat: str = ""  # code
    day: date | None = None  # local
    since: datetime | None = None
    until: datetime | None = None
    person: int | None = None

    @property
    def query(self) -> str:
        """Return the filters as a query string."""
        given = {
            "rule": self.rule,
            "answer": self.answer,
            "verdict": self.verdict,
            "kind": self.kind,
            "campaign": self.campaign,
            "seat": self.seat,
            "day": self.day.isoformat() if self.day else "",
            "since": local_text(self.since),
            "until": local_text(self.until),
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
        answer=_answer(given),
        verdict=_code(given.get("verdict", "")),
        kind=_code(given.get("kind", "")),
        campaign=_code(given.get("campaign", "")),
        seat=_code(given.get("seat", "")),
        day=_date(given.get("day", "")),
        since=_instant(given.get("since", "")),
        until=_instant(given.get("until", "")),
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
    found = _newest(rows, wanted, last)
    more = len(found) > ON_A_PAGE
    return Page(decisions=found[:ON_A_PAGE], after=found[ON_A_PAGE - 1].pk if more else None)


def _newest(rows: QuerySet[Decision], wanted: Wanted, last: datetime | None) -> Sequence[Decision]:
    """Return the newest rows, looking first among the latest decisions of all.

    A rule or a seat that is often met is found there at once, by time. One that is rare is not:
    then all of its decisions are taken by an index of their own, however few there are, and put
    in order. The planner cannot know which it is: it takes every rule for equally frequent.
    """
    whole = rows.select_related("filing", "person", "seat", "permit__attempt")
    whole = whole.defer("facts", "findings", "answers").order_by("-at", "-pk")
    if wanted.rule or wanted.seat or wanted.campaign:
        edge = _edge(last or wanted.until)
        if edge is not None:
            latest = list(whole.filter(at__gte=edge)[: ON_A_PAGE + 1])
            if len(latest) > ON_A_PAGE:
                return latest
    if not wanted.rule or wanted.answer == ALLOW:
        return list(whole[: ON_A_PAGE + 1])
    ids = _by_index(rows)
    return list(whole.filter(pk__in=ids)) if ids else []


def _edge(last: datetime | None) -> datetime | None:
    """Return when the decision was made that has `LATEST` after it, before `last`."""
    rows = Decision.objects.order_by("-at").values_list("at", flat=True)
    if last is not None:
        rows = rows.filter(at__lte=last)
    return next(iter(rows[LATEST : LATEST + 1]), None)


def _by_index(rows: QuerySet[Decision]) -> Sequence[UUID]:
    """Return the newest of all rows that match, gathered before they are put in order."""
    sql, params = rows.order_by().values("id", "at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH matching AS MATERIALIZED ({sql})"  # noqa: S608 - Django's own  # nosec B608
            f" SELECT id FROM matching ORDER BY at DESC, id DESC LIMIT {ON_A_PAGE + 1}",
            params,
        )
        return [one for (one,) in cursor.fetchall()]


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
    # As the index of objections is written, which holds no decision that allowed a call.
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


def _answer(given: Mapping[str, str]) -> str:
    """Read what the rule answered; where no rule is asked for there is no such answer."""
    said = given.get("answer", "")
    return said if said in Decision.Verdict.values and given.get("rule", "") else ""


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


def local_text(at: datetime | None) -> str:
    """Return an instant as a field of a form takes it, in local time, to the millisecond."""
    if at is None:
        return ""
    parts = "milliseconds" if at.second or at.microsecond else "minutes"
    return timezone.localtime(at).replace(tzinfo=None).isoformat(timespec=parts)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return timezone.make_aware(at) if timezone.is_naive(at) else at
    except (ValueError, OverflowError):
        return None


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
