"""Sample a list of consents, and hold what chance picked against its proofs."""

import math
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.denials import DeniedError
from compliance.editions import book_at
from compliance.models import (
    Consent,
    ConsentCheck,
    ConsentSample,
    ConsentSampleItem,
    User,
    Whitelist,
)
from compliance.rulebook.rules.consent_terms import SampleParams
from compliance.selectors.vouched_consents import sampled_up_to

CHECKERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class NothingToSampleError(Exception):
    """Every consent of the list was sampled already."""


class SampleOpenError(Exception):
    """An earlier sample of the list is not checked yet: chance is asked once at a time."""


class SampleCheckedError(Exception):
    """The sample was checked already, or the findings do not name each of its items once."""


class NotACheckerError(DeniedError):
    """Consents are checked by a compliance officer or an administrator."""


@transaction.atomic
def consent_sample_draw(*, whitelist: Whitelist, drawn_by: User, now: datetime) -> ConsentSample:
    """Draw a sample of the consents that came since the last sample that passed.

    After a sample that failed, the next one is twice as large, and so on.

    :raises NotACheckerError: if the account may not
    :raises SampleOpenError: if an earlier sample is still to be checked
    :raises NothingToSampleError: if there is no consent to sample
    """
    _check_role(drawn_by)
    held = Whitelist.objects.select_for_update(no_key=True).get(pk=whitelist.pk)
    if _unchecked(held).exists():
        raise SampleOpenError(f"Whitelist {held.pk} has a sample that nobody has checked yet.")
    unsampled = _unsampled(held)
    population = unsampled.count()
    if not population:
        raise NothingToSampleError(f"Whitelist {held.pk} holds no consent that was not sampled.")
    size = min(population, _size(population, at=now) * 2 ** _failures(held))
    sample = ConsentSample.objects.create(
        whitelist=held,
        population=population,
        size=size,
        last_consent=unsampled.latest("pk"),
        drawn_by=drawn_by,
        drawn_at=now,
    )
    ConsentSampleItem.objects.bulk_create(
        ConsentSampleItem(sample=sample, consent_id=pk)
        for pk in unsampled.order_by("?").values_list("pk", flat=True)[:size]
    )
    audit.record(
        "consent_sample.drawn",
        obj=f"consent_sample:{sample.pk}",
        actor=f"u:{drawn_by.pk}",
        now=now,
        data={"whitelist": held.pk, "population": population, "size": size},
    )
    return sample


@transaction.atomic
def consent_sample_check(
    *,
    sample: ConsentSample,
    proved: Mapping[int, bool],
    checked_by: User,
    now: datetime,
    note: str = "",
) -> bool:
    """Record what was found for every item, by its id. Return whether the sample passed.

    :raises NotACheckerError: if the account may not
    :raises SampleCheckedError: if it was checked already, or an item is missing or unknown
    """
    _check_role(checked_by)
    items = list(sample.items.filter(finding=None).values_list("pk", flat=True))
    if len(items) != sample.size or set(items) != set(proved):
        raise SampleCheckedError(f"Sample {sample.pk}: state one finding for each of its items.")
    ConsentCheck.objects.bulk_create(
        ConsentCheck(
            item_id=pk,
            proved=proved[pk],
            note=without_numbers(note),
            checked_by=checked_by,
            checked_at=now,
        )
        for pk in items
    )
    passed = all(proved.values())
    audit.record(
        "consent_sample.passed" if passed else "consent_sample.failed",
        obj=f"consent_sample:{sample.pk}",
        actor=f"u:{checked_by.pk}",
        now=now,
        data={
            "whitelist": sample.whitelist_id,
            "checked": len(items),
            "unproved": sum(not found for found in proved.values()),
        },
    )
    return passed


def _check_role(user: User) -> None:
    if user.role not in CHECKERS or not user.is_active:
        raise NotACheckerError(f"{user} cannot sample consents.")


def _unsampled(whitelist: Whitelist) -> QuerySet[Consent]:
    passed, _ = sampled_up_to(whitelist.pk)
    return Consent.objects.standing().filter(whitelist=whitelist, pk__gt=passed)


def _unchecked(whitelist: Whitelist) -> QuerySet[ConsentSample]:
    return ConsentSample.objects.filter(whitelist=whitelist, items__finding=None)


def _size(population: int, *, at: datetime) -> int:
    rule = book_at(at).rule("CN13-CON-11")
    assert rule is not None  # noqa: S101 - the shipped book lists it
    params: SampleParams = rule.params
    return max(params.least, math.ceil(population * params.percent / 100))


def _failures(whitelist: Whitelist) -> int:
    """Count the samples in a row, up to the newest, that failed."""
    unproved = Count("items", filter=Q(items__finding__proved=False))
    samples = ConsentSample.objects.filter(whitelist=whitelist).annotate(unproved=unproved)
    count = 0
    for sample in samples.order_by("-drawn_at", "-pk"):
        if not sample.unproved:
            break
        count += 1
    return count
