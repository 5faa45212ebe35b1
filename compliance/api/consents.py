"""Reading consents."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from compliance.api.listing import Listing
from compliance.api.person import OfPerson, PersonField, of_person
from compliance.api.roles import KEEPERS, Role
from compliance.models import Consent


class ConsentRow(serializers.Serializer[Any]):
    """One consent; its evidence by its SHA-256."""

    id = serializers.IntegerField(source="pk")
    person = PersonField()
    principal = serializers.CharField(source="whitelist.principal.name")
    purpose = serializers.CharField(source="whitelist.purpose")
    basis = serializers.CharField()
    method = serializers.CharField()
    evidence_sha256 = serializers.CharField()
    text_shown_sha256 = serializers.CharField()
    given_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class Consents(Listing):
    """List consents."""

    zh = "列出同意"
    name = "consents"
    scope = "consents:read"
    roles = KEEPERS | {Role.REGULATOR}
    Query = OfPerson
    Output = ConsentRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Consent]:
        """Return the consents, the newest first."""
        del request
        rows = Consent.objects.select_related("person", "whitelist__principal")
        return of_person(rows, asked)
