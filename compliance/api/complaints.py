"""Reading complaints."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from compliance.api.listing import Listing
from compliance.api.person import PersonField
from compliance.api.roles import KEEPERS, Role
from compliance.models import Complaint, User
from compliance.selectors.complaints import complaints_for


class ComplaintRow(serializers.Serializer[Any]):
    """One case and its clocks."""

    id = serializers.IntegerField(source="pk")
    person = PersonField(source="refusal.person")
    channel = serializers.CharField()
    reference = serializers.CharField(source="external_ref")
    received_at = serializers.DateTimeField()
    internal_due_on = serializers.DateField()
    escalate_on = serializers.DateField()
    due_on = serializers.DateField()
    steps = serializers.SerializerMethodField()

    def get_steps(self, row: Complaint) -> list[dict[str, Any]]:
        """Return what was done, in its order."""
        return [{"kind": one.kind, "at": one.at, "by": one.actor} for one in row.events.all()]


class Complaints(Listing):
    """List the complaints that the account has no part in."""

    zh = "列出与本账号无关的投诉"
    name = "complaints"
    scope = "complaints:read"
    roles = KEEPERS | {Role.REGULATOR}
    Output = ComplaintRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Complaint]:
        """Return the cases, the newest first."""
        del asked
        assert isinstance(request.user, User)  # noqa: S101 - narrows the type only
        return (
            complaints_for(request.user)
            .select_related("refusal__person")
            .prefetch_related("events")
        )
