"""Take in what a person asks about their own data; a no in it holds before anybody looks."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.desk_numbers import desk_numbers
from compliance.ledger_time import ledger_now
from compliance.lists.moments import LOCAL
from compliance.models import Principal, SubjectRequest
from compliance.models.words import RefusalSource
from compliance.numbers import Number
from compliance.services.consents_withdraw import consents_withdraw
from compliance.services.person_for_number import person_for_number
from compliance.services.refusal_record import refusal_write
from compliance.working_days import working_day

RULE = "CN13-SEC-03"
Kind, Channel = SubjectRequest.Kind, SubjectRequest.Channel
ENDS_CONSENT = frozenset({Kind.WITHDRAWAL, Kind.DELETION})
SOURCES = {
    Channel.CALL_BACK: RefusalSource.AGENT,
    Channel.IN_CALL: RefusalSource.AGENT,
    Channel.WEB: RefusalSource.WEB,
    Channel.LETTER: RefusalSource.LETTER,
    Channel.SMS: RefusalSource.SMS,
    Channel.AUTHORITY: RefusalSource.LETTER,
}


def subject_request_open(
    *,
    number: Number,
    kind: str,
    channel: str,
    principal: Principal | None,
    actor: str,
    now: datetime,
    received_at: datetime | None = None,
) -> SubjectRequest:
    """Record a request and start its clock; never refused.

    Consent is withdrawn at once where the person asks for that or for deletion. Who asks for
    deletion is not called any more, by the principal and its kind of business or by anybody.
    """
    person = person_for_number(number=number, now=now)
    if kind in ENDS_CONSENT:  # first of all, whatever comes of the rest
        consents_withdraw(person=person, principal=principal, actor=actor, now=now)
    received = min(received_at or now, now)
    day, numbers = received.astimezone(LOCAL).date(), desk_numbers(RULE)
    with transaction.atomic(durable=True):
        refusal = None
        if kind == Kind.DELETION:
            refusal = refusal_write(
                person_id=person.pk,
                principal=principal,
                source=SOURCES[Channel(channel)],
                evidence=f"subject request: deletion, {channel}",
                actor=actor,
                now=now,
            )
        request = SubjectRequest.objects.create(
            kind=Kind(kind),
            channel=Channel(channel),
            person=person,
            principal=principal,
            refusal=refusal,
            received_at=received,
            recorded_at=ledger_now(),
            recorded_by=actor,
            escalate_on=working_day(after=day, count=numbers["escalate_day"]),
            due_on=working_day(after=day, count=numbers["answer_day"]),
        )
        audit.record(
            "subject_request.received",
            obj=f"subject_request:{request.pk}",
            actor=actor,
            now=now,
            data={
                "person": person.pk,
                "kind": request.kind,
                "channel": request.channel,
                "principal": request.principal_id or 0,
                "refusal": request.refusal_id or 0,
                "due_on": request.due_on.isoformat(),
            },
        )
    return request
