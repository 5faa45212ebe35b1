"""Reading refusals."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from compliance.api.listing import Listing
from compliance.api.person import OfPerson, PersonField, of_person
from compliance.api.roles import KEEPERS, Role
from compliance.models import Refusal


class RefusalRow(serializers.Serializer[Any]):
    """One refusal."""

    id = serializers.IntegerField(source="pk")
    person = PersonField()
    everywhere = serializers.BooleanField()
    principal = serializers.CharField(source="principal.name", default=None, allow_null=True)
    industry = serializers.CharField()
    purpose = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field's name
    recorded_at = serializers.DateTimeField()


class Refusals(Listing):
    """List refusals."""

    zh = "列出拒绝"
    name = "refusals"
    scope = "refusals:read"
    roles = KEEPERS | {Role.REGULATOR}
    Query = OfPerson
    Output = RefusalRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Refusal]:
        """Return the refusals, the newest first."""
        del request
        return of_person(Refusal.objects.select_related("person", "principal"), asked)
