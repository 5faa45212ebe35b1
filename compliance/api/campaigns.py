"""Reading campaigns."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.listing import Listing, ListQuery
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation
from compliance.api.roles import READERS
from compliance.api.throttles import ReadThrottle
from compliance.models import CampaignFiling


class CampaignRow(serializers.Serializer[Any]):
    """One campaign's filing."""

    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=CampaignFiling.State.choices)
    purpose = serializers.CharField()
    industry = serializers.CharField()
    principal = serializers.CharField(source="principal.name")
    caller_number = serializers.CharField(source="caller_number.number")
    trunk = serializers.CharField(source="trunk.code")
    script = serializers.CharField(source="script.__str__")
    robot = serializers.BooleanField()
    registered_at = serializers.DateTimeField()
    activated_at = serializers.DateTimeField(allow_null=True)


class Campaigns(Listing):
    """List campaigns."""

    zh = "列出外呼任务"
    name = "campaigns"
    scope = "campaigns:read"
    roles = READERS
    Output = CampaignRow

    class Query(ListQuery):
        """Which campaigns."""

        state = serializers.ChoiceField(choices=CampaignFiling.State.choices, required=False)

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[CampaignFiling]:
        """Return the campaigns, the newest first."""
        del request
        rows = CampaignFiling.objects.select_related(
            "principal", "caller_number", "trunk", "script"
        )
        return rows.filter(state=asked["state"]) if "state" in asked else rows


class Campaign(Operation):
    """Read one campaign."""

    zh = "查看一个外呼任务"
    name = "campaign"
    scope = "campaigns:read"
    roles = READERS
    throttle_classes = [ReadThrottle]
    Output = CampaignRow

    def get(self, request: Request, code: str) -> Response:
        """Answer with the campaign."""
        del request
        rows = CampaignFiling.objects.select_related(
            "principal", "caller_number", "trunk", "script"
        )
        return Response(self.Output(found_or_404(rows, code=code)).data)
