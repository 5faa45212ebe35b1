"""How a filed number was kept: its letters, changes, call-backs, and whose place it took."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from compliance.models import CallerNumber, CampaignFiling, NumberChange, NumberMark
from compliance.workdays import FILING_WORKDAYS, nth_workday_after

LOCAL = timedelta(hours=8)  # China has kept one zone without summer time since 1991
State = CampaignFiling.State


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberConduct:
    """What the rules about a caller number ask, in the shape of their facts."""

    letters: tuple[str, ...]
    unfiled: tuple[date, ...]
    called_back_on: date | None
    call_back_works: bool
    in_use_since: date
    others_marked_on: tuple[date, ...]
    replaces: bool
    change_approved: bool


def number_conduct(*, filing: CampaignFiling) -> NumberConduct:
    """Look up the conduct of the number that a filing, saved or about to be, shows."""
    number = filing.caller_number
    kinds = number.letters.filter(revoked_on=None).values_list("kind", flat=True)
    last_test = number.callbacks.order_by("-tested_on", "-pk").first()
    since = _in_use_since(filing)
    replaced = _replaced(filing, since)
    return NumberConduct(
        letters=tuple(sorted(set(kinds))),
        unfiled=_unfiled(number),
        called_back_on=None if last_test is None else last_test.tested_on,
        call_back_works=last_test is not None
        and last_test.reached
        and last_test.names_principal
        and last_test.takes_refusal,
        in_use_since=_day(since),
        others_marked_on=_others_marked_on(filing),
        replaces=bool(replaced),
        change_approved=bool(replaced) and _all_approved(filing, replaced),
    )


def _day(at: datetime) -> date:
    return (at + LOCAL).date()


def _unfiled(number: CallerNumber) -> tuple[date, ...]:
    changed = number.changes.filter(filed_on=None).values_list("changed_on", flat=True)
    return tuple(sorted(nth_workday_after(day, count=FILING_WORKDAYS) for day in changed))


def _in_use_since(filing: CampaignFiling) -> datetime:
    first = (
        CampaignFiling.objects.filter(
            principal=filing.principal_id, caller_number=filing.caller_number_id
        )
        .order_by("registered_at")
        .values_list("registered_at", flat=True)
        .first()
    )
    return min(first or filing.registered_at, filing.registered_at)


def _others_marked_on(filing: CampaignFiling) -> tuple[date, ...]:
    """Return when another number that the principal ever showed was last marked."""
    shown = CampaignFiling.objects.filter(principal=filing.principal_id).exclude(
        caller_number=filing.caller_number_id
    )
    marks = NumberMark.objects.filter(number__in=shown.values("caller_number"))
    newest = marks.aggregate(day=Max("marked_on"))["day"]
    return () if newest is None else (newest,)


def _replaced(filing: CampaignFiling, since: datetime) -> set[int]:
    """Return the numbers whose place a filing takes: shown for its purpose before, and stopped.

    Asked at registration; a filing's number never changes afterwards.
    """
    if filing.pk:
        return set()
    before = CampaignFiling.objects.filter(
        principal=filing.principal_id, purpose=filing.purpose, registered_at__lte=since
    ).exclude(caller_number=filing.caller_number_id)
    rows = list(before.values_list("caller_number", "state"))
    running = {number for number, state in rows if state == State.ACTIVE}
    return {number for number, state in rows if state != State.DRAFT} - running


def _all_approved(filing: CampaignFiling, replaced: set[int]) -> bool:
    approved = NumberChange.objects.filter(
        principal=filing.principal_id,
        purpose=filing.purpose,
        number=filing.caller_number_id,
        previous__in=replaced,
    )
    return set(approved.values_list("previous", flat=True)) == replaced
