"""Lists of people to call: their source, their age, and how far the uploads of them are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from compliance.editions import book_at
from compliance.models import CampaignFiling, ContactList, ListImport, ListUpload
from compliance.selectors.list_facts import LOCAL, collected_on
from dialer.models import Lead
from dialer.services.lists_age import RULE

SHOWN = 50  # lists and uploads on one page
SOON = 30  # days before a list is too old


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShown:
    """One list, with what its age means."""

    row: ContactList
    collected_on: date
    days: int  # since then
    limit: int | None  # days after which it is deleted; None: the rulebook does not say
    leads: int

    @property
    def left(self) -> int | None:
        """Return how many days it may still be used."""
        return None if self.limit is None else self.limit - self.days

    @property
    def last_day(self) -> date | None:
        """Return its last good day."""
        return None if self.limit is None else self.collected_on + timedelta(days=self.limit)

    @property
    def state(self) -> str:
        """Return how its age stands: fine, soon or over."""
        if self.row.state == ContactList.State.RETIRED or self.left is None:
            return "none"
        if self.left < 0:
            return "over"
        return "soon" if self.left <= SOON else "fine"


def lists_shown(*, now: datetime, before: int | None = None) -> tuple[Sequence[ListShown], bool]:
    """Return lists, the newest first, and whether there are more."""
    rows = ContactList.objects.select_related("principal", "declared_by").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: SHOWN + 1])
    counts = _counts([one.pk for one in found])
    limit = _limit(now)
    shown = [_shown(one, counts.get(one.pk, 0), limit, now) for one in found[:SHOWN]]
    return shown, len(found) > SHOWN


def list_shown(row: ContactList, *, now: datetime) -> ListShown:
    """Return one list."""
    return _shown(row, _counts([row.pk]).get(row.pk, 0), _limit(now), now)


def _shown(row: ContactList, leads: int, limit: int | None, now: datetime) -> ListShown:
    since = collected_on(row)
    days = ((now + LOCAL).date() - since).days
    return ListShown(row=row, collected_on=since, days=days, limit=limit, leads=leads)


def _counts(lists: Sequence[int]) -> dict[int, int]:
    rows = Lead.objects.filter(contact_list__in=lists).values_list("contact_list_id")
    return dict(rows.annotate(leads=Count("pk")))


def _limit(now: datetime) -> int | None:
    rule = book_at(now).rule(RULE)
    return None if rule is None else rule.params.days


class CampaignPart(NamedTuple):
    """What a list's people are doing in one campaign."""

    code: str
    name: str
    waiting: int
    blocked: int
    done: int


def campaigns_of(row: ContactList) -> Sequence[CampaignPart]:
    """Return the campaigns that take people from a list."""
    waiting, blocked, done = (
        Count("pk", filter=Q(state=name)) for name in ("waiting", "blocked", "done")
    )
    found = Lead.objects.filter(contact_list=row).values_list(
        "campaign__filing__code", "campaign__filing__name"
    )
    counted = found.annotate(waiting=waiting, blocked=blocked, done=done).order_by("campaign_id")
    return [CampaignPart(*one) for one in counted]


def uploads_shown(*, target: str = "") -> Sequence[ListUpload]:
    """Return the newest uploads of leads, or those that went into one list."""
    rows = ListUpload.objects.filter(kind=ListImport.Kind.LEADS).select_related(
        "row", "uploaded_by"
    )
    if target:
        rows = rows.filter(row__target=target)
    return list(rows.light().order_by("-uploaded_at")[:SHOWN])


def campaign_lists(filing: CampaignFiling) -> Sequence[tuple[ContactList, int]]:
    """Return the lists that a campaign takes people from, and how many of each."""
    rows = Lead.objects.filter(campaign__filing=filing).values_list("contact_list_id")
    counts = dict(rows.annotate(leads=Count("pk")))
    lists = ContactList.objects.filter(pk__in=counts).order_by("pk")
    return [(one, counts[one.pk]) for one in lists]
