"""Filed numbers as their page shows them: clocks, what shows them, how much they have called."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from compliance.editions import book_to_show
from compliance.models import (
    CallbackTest,
    CallerNumber,
    CampaignFiling,
    CommitmentLetter,
    Decision,
    FilingChange,
    NumberChange,
    NumberMark,
    Permit,
)
from compliance.numbers import Words
from compliance.rulebook.rules.line import LineParams
from compliance.rulebook.usage import DAY
from compliance.selectors.clock_due import Due, local_day, one_book
from compliance.selectors.clock_numbers import number_clocks
from console.selectors.call_centre.suspended import Suspended, suspended_now
from console.selectors.decisions_wanted import Wanted
from console.selectors.explained import reader_language
from console.selectors.objections import day_of
from dialer.models import Attempt

CAP_RULE = "CN13-DIA-04"
LETTERS: Mapping[str, Words] = {
    CommitmentLetter.Kind.NO_HARASSMENT: Words("骚扰电话禁呼承诺书", "No harassing calls"),
    CommitmentLetter.Kind.NO_ILLEGAL_CALLS: Words("不违规呼出承诺书", "No unlawful calls"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One campaign that shows the number."""

    filing: CampaignFiling
    today: int  # permits, as the decisions page lists them
    up: int  # calls that are up
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberShown:
    """One number."""

    row: CallerNumber
    kind: str
    uses: Sequence[Use]
    clocks: Sequence[Due]
    last_day: int  # permits of the last 24 hours, as the cap counts them
    last_day_query: str  # of the decisions behind them
    cap: int | None  # None: the rulebook in force has none
    marked_on: date | None
    state: str  # open, early, stopped, closed
    reasons: Sequence[Words]  # why it is not open

    @property
    def today(self) -> int:
        """Return how many calls were permitted today."""
        return sum(use.today for use in self.uses)

    @property
    def up(self) -> int:
        """Return how many calls are up."""
        return sum(use.up for use in self.uses)

    @property
    def active(self) -> Sequence[Use]:
        """Return the campaigns that are not over."""
        return [use for use in self.uses if use.filing.state != CampaignFiling.State.CLOSED]

    @property
    def carriers(self) -> Sequence[str]:
        """Return whose trunks carry it."""
        return sorted({trunk.carrier for trunk in self.row.trunks.all()})


def numbers_shown(*, now: datetime, only: int | None = None) -> Sequence[NumberShown]:
    """Return every filed number, or one of them; those in use first."""
    rows = CallerNumber.objects.select_related("operator").prefetch_related("trunks")
    if only is not None:
        rows = rows.filter(pk=only)
    rows = rows.prefetch_related(
        Prefetch("marks", NumberMark.objects.order_by("-marked_on", "-pk"))
    )
    found = list(rows.order_by("-callout_opened", "number"))
    facts = _Facts.read(found, now)
    return [facts.of(row) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is read once for all numbers."""

    now: datetime
    filings: Mapping[int, Sequence[CampaignFiling]]  # by number
    today: Counter[int]  # by filing
    up: Counter[int]
    last_day: Counter[int]  # by number
    clocks: Mapping[int, Sequence[Due]]
    dead: frozenset[int]  # numbers whose last call-back found nobody
    suspended: Suspended
    cap: int | None
    kinds: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, numbers: Sequence[CallerNumber], now: datetime) -> "_Facts":
        ids = [one.pk for one in numbers]
        start, end = day_of(now)
        book = book_to_show(now)
        bound = book.rule(CAP_RULE)
        params: LineParams | None = bound.params if bound else None
        permits = Permit.objects.filter(caller_number__in=ids)
        return cls(
            now=now,
            filings=_filings(ids),
            today=_counted(
                permits.filter(issued_at__gte=start, issued_at__lt=end).values_list("filing_id")
            ),
            up=_counted(
                Attempt.objects.filter(ended_at=None, permit__caller_number__in=ids).values_list(
                    "permit__filing_id"
                )
            ),
            last_day=_counted(
                permits.filter(issued_at__gt=now - DAY).values_list("caller_number_id")
            ),
            clocks=_clocks(now),
            dead=_dead(ids),
            suspended=suspended_now(),
            cap=params.caller_day if params else None,
            kinds=book.words("number_class"),
        )

    def of(self, row: CallerNumber) -> NumberShown:
        clocks = self.clocks.get(row.pk, ())
        reasons = _reasons(row, clocks, dead=row.pk in self.dead, today=local_day(self.now))
        kind = self.kinds.get(row.number_class, {})
        marks = list(row.marks.all())
        return NumberShown(
            row=row,
            kind=kind.get(reader_language(), row.number_class),
            uses=[
                Use(
                    filing=filing,
                    today=self.today[filing.pk],
                    up=self.up[filing.pk],
                    suspended=self.suspended.holds(filing),
                )
                for filing in self.filings.get(row.pk, ())
            ],
            clocks=clocks,
            last_day=self.last_day[row.pk],
            last_day_query=Wanted(
                verdict=Decision.Verdict.ALLOW,
                kind=Decision.Kind.PERMIT,
                caller=row.number,
                since=self.now - DAY,
                until=self.now,
            ).query,
            cap=self.cap,
            marked_on=marks[0].marked_on if marks else None,
            state="open" if not reasons else reasons[0][0],
            reasons=[words for _, words in reasons],
        )


def _filings(ids: Iterable[int]) -> Mapping[int, Sequence[CampaignFiling]]:
    rows = CampaignFiling.objects.filter(caller_number__in=ids).select_related("principal")
    found: dict[int, list[CampaignFiling]] = {}
    for filing in rows.order_by("name", "pk"):
        found.setdefault(filing.caller_number_id, []).append(filing)
    return found


def _counted(rows: "QuerySet[Any, Any]") -> Counter[int]:
    return Counter(dict(rows.annotate(n=Count("pk")).order_by()))


def _clocks(now: datetime) -> Mapping[int, Sequence[Due]]:
    """Return the clocks of each number, as everybody else reads them."""
    found: dict[int, list[Due]] = {}
    unfiled = FilingChange.objects.filter(filed_on=None)
    of_change = dict(unfiled.values_list("pk", "number_id"))
    with one_book(now):
        for due in number_clocks(today=local_day(now), now=now):
            what, _, key = due.obj.partition(":")
            number = of_change.get(int(key)) if what == "filing_change" else int(key)
            if number is not None:
                found.setdefault(number, []).append(due)
    return found


def _dead(ids: Iterable[int]) -> frozenset[int]:
    """Return the numbers whose newest call-back reached nobody who takes a refusal."""
    tests = CallbackTest.objects.filter(number__in=ids)
    newest = tests.order_by("number_id", "-tested_on", "-pk").distinct("number_id")
    return frozenset(
        one.number_id
        for one in newest
        if not (one.reached and one.names_principal and one.takes_refusal)
    )


def _reasons(
    row: CallerNumber, clocks: Sequence[Due], *, dead: bool, today: date
) -> list[tuple[str, Words]]:
    if not row.callout_opened:
        return [("closed", Words("已停用或未开通呼出", "out of use, or not opened for calls out"))]
    found = []
    if row.valid_from > today:
        found.append(("early", Words("证书尚未生效", "the certificate has not begun")))
    found += [("stopped", due.words) for due in clocks if due.overdue and due.stops_calls]
    if dead:
        found.append(
            (
                "stopped",
                Words("上次回拨不通或不能拒绝", "the last call-back found nobody to refuse to"),
            )
        )
    return found


def changes_of(number: CallerNumber) -> Sequence[NumberChange]:
    """Return the approved changes from or to the number, the newest first."""
    rows = NumberChange.objects.filter(previous=number) | NumberChange.objects.filter(
        number=number
    )
    return list(
        rows.select_related("principal", "previous", "number", "author", "approver").order_by(
            "-pk"
        )
    )
