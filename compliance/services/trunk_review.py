"""Keep a trunk's row of the ledger true: review it, bar places, take it out of use."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import done_by, keepers_only
from compliance.models import Trunk, User
from compliance.numbers import ANYWHERE, check_provinces


class ReviewNotNewerError(Exception):
    """A review is of a later day than the one before, of a trunk that is in use."""


@transaction.atomic
def trunk_review(
    *, trunk: Trunk, reviewed_on: date, evidence_sha256: str, reviewer: User, now: datetime
) -> None:
    """Record that the ledger's row was held against the carrier's contract; its clock starts anew.

    :raises NotAKeeperError: if the account may not
    :raises NotYetError: if the day is still to come
    :raises ReviewNotNewerError: if there is a later review, or the trunk is out of use
    """
    actor = f"u:{reviewer.pk}"
    keepers_only(actor)
    done_by(reviewed_on, now=now)
    older = Trunk.objects.filter(pk=trunk.pk, active=True, reviewed_on__lt=reviewed_on)
    if older.update(reviewed_on=reviewed_on) != 1:
        raise ReviewNotNewerError(f"{trunk} was reviewed on {trunk.reviewed_on} or is closed.")
    audit.record(
        "trunk.reviewed",
        obj=f"trunk:{trunk.pk}",
        actor=actor,
        now=now,
        data={"reviewed_on": reviewed_on.isoformat(), "evidence_sha256": evidence_sha256},
    )


@transaction.atomic
def trunk_bar(*, trunk: Trunk, provinces: Iterable[str], actor: str, now: datetime) -> list[str]:
    """Add places that nobody is called in over this trunk; the ledger takes none away.

    :raises ProvinceUnknownError: if a code names no province, and is not `CN-*`
    :return: every place that is barred now
    """
    wanted = set(provinces)
    check_provinces(sorted(wanted.difference(ANYWHERE)))
    row = Trunk.objects.select_for_update(no_key=True).get(pk=trunk.pk)
    barred = sorted({*row.barred_provinces, *wanted})
    Trunk.objects.filter(pk=row.pk).update(barred_provinces=barred)
    audit.record(
        "trunk.barred",
        obj=f"trunk:{trunk.pk}",
        actor=actor,
        now=now,
        data={"barred_provinces": barred},
    )
    return barred


class TrunkClosedError(Exception):
    """The trunk is out of use already."""


@transaction.atomic
def trunk_close(*, trunk: Trunk, reason: str, actor: str, now: datetime) -> None:
    """Take a trunk out of use; no call goes over it from this commit on.

    :raises TrunkClosedError: if it was before
    """
    if Trunk.objects.filter(pk=trunk.pk, active=True).update(active=False) != 1:
        raise TrunkClosedError(f"{trunk} is out of use already.")
    audit.record(
        "trunk.closed",
        obj=f"trunk:{trunk.pk}",
        actor=actor,
        now=now,
        data={"reason": without_numbers(reason)},
    )
