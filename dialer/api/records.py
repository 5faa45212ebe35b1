"""Reading leads and attempts, and what became of a permit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.listing import Listing
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation
from compliance.api.person import OfPerson, PersonField, of_person
from compliance.api.roles import OVERSIGHT, READERS
from compliance.api.throttles import ReadThrottle
from compliance.models import Permit
from dialer.models import Attempt, Lead


class LeadRow(serializers.Serializer[Any]):
    """One person to reach in one campaign."""

    id = serializers.IntegerField(source="pk")
    campaign = serializers.CharField(source="campaign.filing.code")
    person = PersonField()
    reference = serializers.CharField(source="external_ref")
    state = serializers.ChoiceField(choices=Lead.State.choices)
    due_at = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    last_decision = serializers.UUIDField(allow_null=True)
    last_result = serializers.CharField()


class Leads(Listing):
    """List the leads of a campaign."""

    zh = "列出一个任务的外呼对象"
    name = "leads"
    scope = "leads:read"
    roles = OVERSIGHT
    Output = LeadRow

    class Query(OfPerson):
        """Which leads."""

        campaign = serializers.SlugField()
        state = serializers.ChoiceField(choices=Lead.State.choices, required=False)

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Lead]:
        """Return the campaign's leads."""
        del request
        rows = Lead.objects.filter(campaign__filing__code=asked["campaign"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        return of_person(rows.select_related("campaign__filing", "person"), asked)


class AttemptRow(serializers.Serializer[Any]):
    """One call record 话单."""

    id = serializers.IntegerField(source="pk")
    permit = serializers.UUIDField(source="permit_id")
    decision = serializers.UUIDField(source="permit.decision_id")
    campaign = serializers.CharField(source="permit.filing.code")
    person = PersonField(source="permit.person")
    seat = serializers.CharField(source="permit.seat.code")
    caller_number = serializers.CharField(source="permit.caller_number.number")
    trunk = serializers.CharField(source="permit.trunk.code")
    call_id = serializers.CharField()
    started_at = serializers.DateTimeField()
    ringing_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField()
    sip_code = serializers.IntegerField(allow_null=True)
    q850 = serializers.IntegerField(allow_null=True)
    ended_by = serializers.CharField()
    disposition = serializers.CharField()


ATTEMPTS = Attempt.objects.select_related(
    "permit__filing", "permit__person", "permit__seat", "permit__caller_number", "permit__trunk"
)


class Attempts(Listing):
    """List call records, the newest first."""

    zh = "列出通话记录，最新的在前"
    name = "attempts"
    scope = "attempts:read"
    roles = READERS
    Output = AttemptRow

    class Query(OfPerson):
        """Which calls."""

        campaign = serializers.SlugField(required=False)
        since = serializers.DateTimeField(required=False)
        until = serializers.DateTimeField(required=False)

    FILTERS = {
        "campaign": "permit__filing__code",
        "person": "permit__person_id",
        "since": "started_at__gte",
        "until": "started_at__lt",
    }

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Attempt]:
        """Return the calls that fit."""
        del request
        return ATTEMPTS.filter(
            **{to: asked[name] for name, to in self.FILTERS.items() if name in asked}
        )


class OneAttempt(Operation):
    """Read one call record."""

    zh = "查看一条通话记录"
    name = "attempt"
    scope = "attempts:read"
    roles = READERS
    throttle_classes = [ReadThrottle]
    Output = AttemptRow

    def get(self, request: Request, attempt: int) -> Response:
        """Answer with the call."""
        del request
        return Response(self.Output(found_or_404(ATTEMPTS.all(), pk=attempt)).data)


class DialRequest(Operation):
    """Read what became of the permit that a dial request was answered with."""

    zh = "查看一次呼叫请求所得许可的去向"
    name = "dial-request"
    scope = "dial-requests"
    roles = OVERSIGHT
    throttle_classes = [ReadThrottle]

    class Output(serializers.Serializer[Any]):
        """The permit's fate, and its call where one was made."""

        permit = serializers.UUIDField(source="pk")
        state = serializers.ChoiceField(choices=Permit.State.choices)
        issued_at = serializers.DateTimeField()
        expires_at = serializers.DateTimeField()
        redeemed_at = serializers.DateTimeField(allow_null=True)
        ended_at = serializers.DateTimeField(allow_null=True)
        result = serializers.CharField()
        talk_seconds = serializers.IntegerField(allow_null=True)
        void_reason = serializers.CharField()
        decision = serializers.UUIDField(source="decision_id")
        attempt = serializers.IntegerField(source="attempt.pk", default=None, allow_null=True)

    def get(self, request: Request, permit: UUID) -> Response:
        """Answer with the permit."""
        del request
        rows = Permit.objects.select_related("attempt")
        return Response(self.Output(found_or_404(rows, pk=permit)).data)
