"""What people said: finding a person by the exact number, refusals, complaints, withdrawals.

A telephone number is only ever in a request's body, which no server writes into its log.
"""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import clock
from compliance.api.idempotency import once
from compliance.api.lookups import found_or_404, number_from
from compliance.api.operation import Operation, StrictSerializer, actor_of, noted
from compliance.api.person import PersonField
from compliance.api.problems import ProblemError
from compliance.api.refusals import RefusalRow
from compliance.api.roles import KEEPERS, OVERSIGHT, Role
from compliance.api.throttles import ReadThrottle, WriteThrottle
from compliance.models import CampaignFiling, Complaint, Consent, Principal
from compliance.models.words import Purpose, RefusalSource
from compliance.numbers import Words
from compliance.services.complaint_open import Intake, Opened, complaint_open
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.person_for_number import known_person, person_for_number
from compliance.services.refusal_record import refusal_record

LONGEST_NUMBER, LONGEST_EVIDENCE, LONGEST_SUMMARY = 40, 128, 2000
# Key 9 and the machine's ears are the line's own; a complaint is an operation of its own.
SAID_ELSEWHERE = [
    (RefusalSource.AGENT, RefusalSource.AGENT.label),
    (RefusalSource.WEB, RefusalSource.WEB.label),
    (RefusalSource.LETTER, RefusalSource.LETTER.label),
    (RefusalSource.SMS, RefusalSource.SMS.label),
    (RefusalSource.CARRIER, RefusalSource.CARRIER.label),
]
NOBODY = Words("没有此号码的记录。", "Nobody with this number is on record.")
NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")


class PeopleFind(Operation):
    """Find a person by the exact number; that somebody looked is on the record."""

    zh = "按完整号码查找一个人；查找本身留痕"
    name = "people-find"
    scope = "consents:read"
    roles = KEEPERS | {Role.REGULATOR}
    throttle_classes = [ReadThrottle]
    Output = PersonField

    class Input(StrictSerializer):
        """The number, as people write it."""

        number = serializers.CharField(max_length=LONGEST_NUMBER)

    def post(self, request: Request) -> Response:
        """Answer with our own number of the person, which the lists take."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        person = known_person(number=number_from(given.validated_data["number"]))
        obj = f"person:{person.pk}" if person else "person:none"
        noted("number.searched", obj=obj, request=request)
        if person is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "person_unknown", NOBODY)
        return Response(self.Output(person).data)


class RefusalsRecord(Operation):
    """Record a refusal: towards one principal, or towards everybody. Nothing can refuse it."""

    zh = "登记拒绝：对某一委托主体，或对所有人；任何情况都不能不予登记"
    name = "refusals-record"
    scope = "refusals:record"
    roles = OVERSIGHT
    throttle_classes = [WriteThrottle]
    Output = RefusalRow

    class Input(StrictSerializer):
        """Whose no, towards whom, and what proves it."""

        number = serializers.CharField(max_length=LONGEST_NUMBER)
        principal = serializers.CharField(max_length=128, required=False)
        purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)
        source = serializers.ChoiceField(  # type: ignore[assignment]  # a field's name
            choices=SAID_ELSEWHERE
        )
        evidence = serializers.CharField(max_length=LONGEST_EVIDENCE)

    def post(self, request: Request) -> Response:
        """Record it; from the answer on, nothing is dialled against it."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        return once(request, lambda: self._record(request, given.validated_data))

    def _record(self, request: Request, given: dict[str, Any]) -> Response:
        now = clock.read()
        number = number_from(given["number"])
        principal = _principal(given["principal"]) if "principal" in given else None
        refusal = refusal_record(
            person_id=person_for_number(number=number, now=now).pk,
            principal=principal,
            source=given["source"],
            evidence=given["evidence"],
            purpose=given.get("purpose", ""),
            actor=actor_of(request),
            now=now,
        )
        return Response(self.Output(refusal).data, status=HTTPStatus.CREATED)


class ComplaintsOpen(Operation):
    """Take a complaint in: every call to the number stops in the same commit."""

    zh = "受理投诉：同一事务内停止对该号码的一切呼叫"
    name = "complaints-open"
    scope = "complaints:open"
    roles = OVERSIGHT
    throttle_classes = [WriteThrottle]

    class Input(StrictSerializer):
        """What came in."""

        number = serializers.CharField(max_length=LONGEST_NUMBER)
        channel = serializers.ChoiceField(choices=Complaint.Channel.choices)
        reference = serializers.CharField(max_length=64, default="", allow_blank=True)
        summary = serializers.CharField(max_length=LONGEST_SUMMARY, default="", allow_blank=True)
        received_at = serializers.DateTimeField(required=False)
        permit = serializers.UUIDField(required=False)
        campaign = serializers.SlugField(required=False)

    class Output(serializers.Serializer[Any]):
        """The case and its clocks; the receipt that closes it is the complainant's alone."""

        id = serializers.IntegerField(source="complaint.pk")
        refusal = serializers.IntegerField(source="complaint.refusal_id")
        voided_permits = serializers.IntegerField()
        internal_due_on = serializers.DateField(source="complaint.internal_due_on")
        escalate_on = serializers.DateField(source="complaint.escalate_on")
        due_on = serializers.DateField(source="complaint.due_on")

    def post(self, request: Request) -> Response:
        """Open the case."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        return once(request, lambda: self._open(request, given.validated_data))

    def _open(self, request: Request, given: dict[str, Any]) -> Response:
        intake = Intake(
            channel=given["channel"],
            external_ref=given["reference"],
            summary=given["summary"],
            received_at=given.get("received_at"),
            permit_id=given.get("permit"),
            filing=CampaignFiling.objects.filter(code=given.get("campaign", "")).first(),
        )
        opened: Opened = complaint_open(
            number=number_from(given["number"]),
            intake=intake,
            actor=actor_of(request),
            now=clock.read(),
        )
        return Response(self.Output(opened).data, status=HTTPStatus.CREATED)


class ConsentWithdraw(Operation):
    """Take a consent back, as easily as it was given; never refused."""

    zh = "撤回同意，与给出时一样容易；从不拒绝"
    name = "consent-withdraw"
    scope = "consents:withdraw"
    roles = OVERSIGHT
    throttle_classes = [WriteThrottle]

    class Output(serializers.Serializer[Any]):
        """Whether this request withdrew it, or it was so before."""

        id = serializers.IntegerField()
        withdrawn_now = serializers.BooleanField()

    def post(self, request: Request, consent: int) -> Response:
        """Withdraw it and void what was permitted on it."""
        row = found_or_404(Consent.objects.all(), pk=consent)

        def do() -> Response:
            now = consent_withdraw(consent=row, actor=actor_of(request), now=clock.read())
            return Response(self.Output({"id": row.pk, "withdrawn_now": now}).data)

        return once(request, do)


def _principal(name: str) -> Principal:
    row = Principal.objects.filter(name=name).first()
    if row is None:
        raise ProblemError(
            HTTPStatus.NOT_FOUND, "principal_unknown", NO_PRINCIPAL.filled(name=name)
        )
    return row
