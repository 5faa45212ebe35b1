"""Reading decisions, one of them with its findings."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.listing import Listing
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation
from compliance.api.person import OfPerson, PersonField, of_person
from compliance.api.roles import READERS
from compliance.api.throttles import ReadThrottle
from compliance.call_answer import findings_data
from compliance.editions import book_of_decision
from compliance.models import Decision
from compliance.rulebook.codec import finding_from_row


class DecisionRow(serializers.Serializer[Any]):
    """One answer of the rulebook."""

    id = serializers.UUIDField(source="pk")
    kind = serializers.CharField()
    origin = serializers.CharField()
    at = serializers.DateTimeField()
    campaign = serializers.CharField(source="filing.code")
    person = PersonField()
    seat = serializers.CharField(source="seat.code", default=None, allow_null=True)
    verdict = serializers.CharField()
    retry_at = serializers.DateTimeField(allow_null=True)
    objecting_rules = serializers.ListField(child=serializers.CharField())
    book_sha256 = serializers.CharField(source="book_digest")
    permit = serializers.SerializerMethodField()

    def get_permit(self, row: Decision) -> str | None:
        """Return the permit that was issued on it."""
        permit = getattr(row, "permit", None)
        return str(permit.pk) if permit else None


class DecisionWhole(DecisionRow):
    """One answer with every objection, its sentence in both languages and its citations."""

    findings = serializers.SerializerMethodField()
    facts_sha256 = serializers.SerializerMethodField()

    def get_findings(self, row: Decision) -> list[dict[str, Any]]:
        """Return what objected."""
        found = [finding_from_row(one) for one in row.findings]
        return findings_data(found, book=book_of_decision(row.book_digest))

    def get_facts_sha256(self, row: Decision) -> str:
        """Return the digest of the facts that were judged."""
        return bytes(row.facts_digest).hex()


class Decisions(Listing):
    """List decisions, the newest first."""

    zh = "列出决定，最新的在前"
    name = "decisions"
    scope = "decisions:read"
    roles = READERS
    Output = DecisionRow

    class Query(OfPerson):
        """Which decisions."""

        campaign = serializers.SlugField(required=False)
        verdict = serializers.ChoiceField(choices=Decision.Verdict.choices, required=False)
        rule = serializers.RegexField(r"^[A-Z0-9-]{1,32}$", required=False)
        since = serializers.DateTimeField(required=False)
        until = serializers.DateTimeField(required=False)

    FILTERS = {
        "campaign": "filing__code",
        "verdict": "verdict",
        "since": "at__gte",
        "until": "at__lt",
    }

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Decision]:
        """Return the decisions that fit."""
        del request
        rows = Decision.objects.select_related("filing", "person", "seat", "permit")
        given = {to: asked[name] for name, to in self.FILTERS.items() if name in asked}
        if "rule" in asked:
            given["objecting_rules__contains"] = [asked["rule"]]
        return of_person(rows.filter(**given), asked).defer("facts", "answers")


class OneDecision(Operation):
    """Read one decision with its findings."""

    zh = "查看一个决定及其各项结论"
    name = "decision"
    scope = "decisions:read"
    roles = READERS
    throttle_classes = [ReadThrottle]
    Output = DecisionWhole

    def get(self, request: Request, decision: Any) -> Response:
        """Answer with the decision."""
        del request
        rows = Decision.objects.select_related("filing", "person", "seat", "permit")
        return Response(self.Output(found_or_404(rows, pk=decision)).data)
