"""Keep the clocks of a filed number: changes and their receipts, call-back tests, marks."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import done_by, keepers_only
from compliance.models import CallbackTest, CallerNumber, FilingChange, NumberMark


@transaction.atomic
def filing_change_record(
    *, number: CallerNumber, what: str, changed_on: date, actor: str, now: datetime
) -> FilingChange:
    """Record a change of a number's particulars; its ten working days begin.

    :raises NotYetError: if the day is still to come
    """
    done_by(changed_on, now=now)
    change = FilingChange.objects.create(
        number=number, what=what, changed_on=changed_on, recorded_by=actor, recorded_at=now
    )
    audit.record(
        "caller_number.changed",
        obj=f"filing_change:{change.pk}",
        actor=actor,
        now=now,
        data={"caller_number": number.pk, "changed_on": changed_on.isoformat()},
    )
    return change


class FiledAlreadyError(Exception):
    """The change has its receipt."""


@transaction.atomic
def filing_change_file(
    *,
    change: FilingChange,
    receipt_number: str,
    receipt_sha256: str,
    filed_on: date,
    actor: str,
    now: datetime,
) -> None:
    """Record the authority's receipt, once.

    :raises NotAKeeperError: if the account may not
    :raises NotYetError: if the day is still to come
    :raises FiledAlreadyError: if there is one
    """
    keepers_only(actor)
    done_by(filed_on, now=now)
    waiting = FilingChange.objects.filter(pk=change.pk, filed_on=None)
    filed = waiting.update(
        receipt_number=receipt_number, receipt_sha256=receipt_sha256, filed_on=filed_on
    )
    if filed != 1:
        raise FiledAlreadyError(f"Change {change.pk} was filed before.")
    audit.record(
        "caller_number.change_filed",
        obj=f"filing_change:{change.pk}",
        actor=actor,
        now=now,
        data={"filed_on": filed_on.isoformat(), "receipt_sha256": receipt_sha256},
    )


@transaction.atomic
def callback_test_record(
    *,
    number: CallerNumber,
    tested_on: date,
    reached: bool,
    names_principal: bool,
    takes_refusal: bool,
    evidence_sha256: str,
    actor: str,
    now: datetime,
) -> CallbackTest:
    """Record what answered when the number was called back; a dead one holds its calls.

    :raises NotAKeeperError: if the account may not
    :raises NotYetError: if the day is still to come
    """
    keepers_only(actor)
    done_by(tested_on, now=now)
    test = CallbackTest.objects.create(
        number=number,
        tested_on=tested_on,
        reached=reached,
        names_principal=names_principal,
        takes_refusal=takes_refusal,
        evidence_sha256=evidence_sha256,
        tester=actor,
        recorded_at=now,
    )
    audit.record(
        "caller_number.called_back",
        obj=f"caller_number:{number.pk}",
        actor=actor,
        now=now,
        outcome="ok" if reached and names_principal and takes_refusal else "error",
        data={
            "reached": reached,
            "names_principal": names_principal,
            "takes_refusal": takes_refusal,
            "evidence_sha256": evidence_sha256,
        },
    )
    return test


@transaction.atomic
def number_mark(
    *,
    number: CallerNumber,
    marked_on: date,
    source: str,
    evidence: str,
    actor: str,
    now: datetime,
) -> NumberMark:
    """Record that a number was marked or complained of; its principals cannot run to another."""
    mark = NumberMark.objects.create(
        number=number,
        marked_on=marked_on,
        source=source,
        evidence=evidence,
        recorded_by=actor,
        recorded_at=now,
    )
    audit.record(
        "caller_number.marked",
        obj=f"caller_number:{number.pk}",
        actor=actor,
        now=now,
        data={"source": source, "evidence": without_numbers(evidence)},
    )
    return mark
