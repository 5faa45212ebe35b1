"""Reading principals with their mandates, and the operator's licences."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from compliance.api.listing import Listing
from compliance.api.roles import READERS
from compliance.models import Licence, Mandate, Principal


class PartyRow(serializers.Serializer[Any]):
    """A principal, with its mandates."""

    name = serializers.CharField()
    industry = serializers.CharField()
    credit_code = serializers.CharField()
    mandates = serializers.SerializerMethodField()

    def get_mandates(self, row: Principal) -> list[dict[str, Any]]:
        """Return the contracts, the oldest first."""
        return [_mandate(one) for one in sorted(row.mandates.all(), key=lambda one: one.pk)]


class Parties(Listing):
    """List principals and their mandates."""

    zh = "列出委托主体及其委托"
    name = "parties"
    scope = "parties:read"
    roles = READERS
    Output = PartyRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Principal]:
        """Return the principals, the newest first."""
        del request, asked
        return Principal.objects.prefetch_related("mandates")


class LicenceRow(serializers.Serializer[Any]):
    """One licence of the operator."""

    kind = serializers.CharField()
    number = serializers.CharField()
    holder = serializers.CharField(source="holder_name")
    area = serializers.CharField()
    valid_from = serializers.DateField()
    expires_on = serializers.DateField()
    document_sha256 = serializers.CharField()


class Licences(Listing):
    """List licences."""

    zh = "列出电信业务经营许可"
    name = "licences"
    scope = "parties:read"
    roles = READERS
    Output = LicenceRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Licence]:
        """Return the licences, the newest first."""
        del request, asked
        return Licence.objects.all()


def _mandate(row: Mandate) -> dict[str, Any]:
    return {
        "contract": row.contract_number,
        "valid_from": row.valid_from.isoformat(),
        "last_day": row.last_day.isoformat(),
        "document_sha256": row.document_sha256,
    }
