"""Declare quiet days 静默日: one person may; that they end sooner takes two."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.models import QuietDays, User
from compliance.numbers import check_provinces
from compliance.selectors.standing_facts import ANYWHERE

ENDERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class QuietDaysError(Exception):
    """Quiet days cannot be declared so, or cannot be taken back by this person."""


@transaction.atomic
def quiet_days_declare(
    *,
    first_day: date,
    last_day: date,
    provinces: Sequence[str],
    reason: str,
    source: str,
    declared_by: User,
    now: datetime,
) -> QuietDays:
    """Keep the days; from this commit on nobody there is called on them.

    :raises QuietDaysError: if the days end before they begin, or hold nowhere
    :raises ProvinceUnknownError: if a place is no province; "CN-*" is everywhere
    """
    if last_day < first_day or not provinces:
        raise QuietDaysError("Quiet days begin before they end, and hold somewhere.")
    check_provinces(place for place in provinces if place != ANYWHERE)
    row = QuietDays.objects.create(
        first_day=first_day,
        last_day=last_day,
        provinces=sorted(set(provinces)),
        reason=reason,
        source=source,
        declared_by=declared_by,
        declared_at=now,
    )
    _record("declared", row, declared_by, now)
    return row


@transaction.atomic
def quiet_days_revoke_ask(*, days: QuietDays, asked_by: User, now: datetime) -> None:
    """Ask for the end of quiet days; they hold until another person agrees.

    :raises QuietDaysError: if somebody has asked, they have ended, or the account may not
    """
    _check_role(asked_by)
    standing = QuietDays.objects.filter(pk=days.pk, revoke_asked_by=None, revoked_at=None)
    if standing.update(revoke_asked_by=asked_by) != 1:
        raise QuietDaysError("Somebody has asked for the end of these days before.")
    _record("revoke_asked", days, asked_by, now)


@transaction.atomic
def quiet_days_revoke(*, days: QuietDays, revoked_by: User, now: datetime) -> None:
    """End quiet days that somebody else asked to end.

    :raises QuietDaysError: if nobody else has asked, they have ended, or the account may not
    """
    _check_role(revoked_by)
    asked = QuietDays.objects.filter(
        pk=days.pk, revoke_asked_by__isnull=False, revoked_at=None
    ).exclude(revoke_asked_by=revoked_by)
    if asked.update(revoked_by=revoked_by, revoked_at=now) != 1:
        raise QuietDaysError("Another person than the one who asked ends quiet days.")
    _record("revoked", days, revoked_by, now)


def _check_role(user: User) -> None:
    if user.role not in ENDERS or not user.is_active:
        raise QuietDaysError(f"{user} cannot end quiet days.")


def _record(what: str, row: QuietDays, by: User, now: datetime) -> None:
    audit.record(
        f"quiet_days.{what}",
        obj=f"quiet_days:{row.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={
            "first_day": row.first_day.isoformat(),
            "last_day": row.last_day.isoformat(),
            "provinces": list(row.provinces),
            "reason": row.reason,
            "source": row.source,
        },
    )
