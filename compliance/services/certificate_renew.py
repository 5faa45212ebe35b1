"""A filed number's certificate is renewed, or the number goes out of use."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import keepers_only
from compliance.models import CallerNumber


class CertificateNotLongerError(Exception):
    """A renewal runs for longer than the certificate before."""


@transaction.atomic
def certificate_renew(
    *,
    filed: CallerNumber,
    certificate_until: date,
    certificate_sha256: str,
    actor: str,
    now: datetime,
) -> None:
    """Record the new last day of a number's certificate.

    :raises NotAKeeperError: if the account may not
    :raises CertificateNotLongerError: if the one on record runs as long
    """
    keepers_only(actor)
    shorter = CallerNumber.objects.filter(pk=filed.pk, certificate_until__lt=certificate_until)
    if shorter.update(certificate_until=certificate_until) != 1:
        raise CertificateNotLongerError(f"The certificate runs until {filed.certificate_until}.")
    audit.record(
        "caller_number.renewed",
        obj=f"caller_number:{filed.pk}",
        actor=actor,
        now=now,
        data={
            "certificate_until": certificate_until.isoformat(),
            "certificate_sha256": certificate_sha256,
        },
    )


class NumberClosedError(Exception):
    """The number does not call out any more."""


@transaction.atomic
def caller_number_close(*, filed: CallerNumber, reason: str, actor: str, now: datetime) -> None:
    """Take a number out of use; it stays on record, and shows in no call from this commit on.

    :raises NumberClosedError: if it was before
    """
    opened = CallerNumber.objects.filter(pk=filed.pk, callout_opened=True)
    if opened.update(callout_opened=False) != 1:
        raise NumberClosedError("The number is out of use already.")
    audit.record(
        "caller_number.closed",
        obj=f"caller_number:{filed.pk}",
        actor=actor,
        now=now,
        data={"reason": without_numbers(reason)},
    )
