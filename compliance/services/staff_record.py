"""The people in the seats: their real names, what they passed, and the sanctions ladder."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import done_by, keepers_only
from compliance.models import SanctionPoint, StaffRecord, Training, User
from compliance.vault import number_index, seal
from compliance.violators import refuse_violators


def staff_record(
    *,
    agent: User,
    real_name: str,
    identity_number: str,
    document_sha256: str,
    verified_by: User,
    now: datetime,
) -> StaffRecord:
    """Record who an agent really is; the name is sealed, the document's number only a digest.

    One identity document has one record: nobody works under two job numbers.

    :raises NotAKeeperError: if the account may not
    :raises ViolatorError: if the person is listed
    """
    keepers_only(f"u:{verified_by.pk}")
    refuse_violators(named={"person": identity_number}, actor=f"u:{verified_by.pk}", now=now)
    index = number_index(f"identity:{identity_number.strip().upper()}")
    with transaction.atomic():
        staff = StaffRecord.objects.create(
            agent=agent,
            real_name_sealed=seal(real_name, bound_to=index),
            identity_index=index,
            document_sha256=document_sha256,
            verified_by=verified_by,
            recorded_at=now,
        )
        audit.record(
            "staff.recorded",
            obj=f"u:{agent.pk}",
            actor=f"u:{verified_by.pk}",
            now=now,
            data={"document_sha256": document_sha256},
        )
    return staff


class LeftAlreadyError(Exception):
    """The person left before."""


@transaction.atomic
def staff_leave(*, staff: StaffRecord, left_on: date, actor: str, now: datetime) -> None:
    """Take a person out of their seat for good.

    :raises NotAKeeperError: if the account may not
    :raises LeftAlreadyError: if the person left before
    """
    keepers_only(actor)
    if StaffRecord.objects.filter(pk=staff.pk, left_on=None).update(left_on=left_on) != 1:
        raise LeftAlreadyError(f"Staff record {staff.pk} is closed.")
    audit.record("staff.left", obj=f"u:{staff.agent_id}", actor=actor, now=now)


@transaction.atomic
def training_record(
    *,
    agent: User,
    course: str,
    passed_on: date,
    certificate_sha256: str,
    examiner: User,
    now: datetime,
) -> Training:
    """Record a course that an agent passed; the database refuses the agent as examiner.

    :raises NotAKeeperError: if the account may not
    :raises NotYetError: if the day is still to come
    """
    keepers_only(f"u:{examiner.pk}")
    done_by(passed_on, now=now)
    training = Training.objects.create(
        agent=agent,
        course=course,
        passed_on=passed_on,
        certificate_sha256=certificate_sha256,
        examiner=examiner,
        recorded_at=now,
    )
    audit.record(
        "staff.trained",
        obj=f"u:{agent.pk}",
        actor=f"u:{examiner.pk}",
        now=now,
        data={
            "course": course,
            "passed_on": passed_on.isoformat(),
            "certificate_sha256": certificate_sha256,
        },
    )
    return training


@transaction.atomic
def sanction_point_add(
    *, agent: User, breach: str, evidence: str, actor: str, now: datetime
) -> SanctionPoint:
    """Give one point for a breach; the ladder itself is the rulebook's.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    point = SanctionPoint.objects.create(
        agent=agent, breach=breach, evidence=evidence, given_at=now, given_by=actor
    )
    audit.record(
        "staff.sanctioned",
        obj=f"u:{agent.pk}",
        actor=actor,
        now=now,
        data={"breach": breach, "evidence": without_numbers(evidence)},
    )
    return point
