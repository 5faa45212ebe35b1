"""Reading what is on record: campaigns, consents, refusals, parties, decisions, complaints."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.listing import Listing, ListQuery
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation
from compliance.api.throttles import ReadThrottle
from compliance.call_answer import findings_data
from compliance.editions import book_of_decision
from compliance.models import (
    CampaignFiling,
    Complaint,
    Consent,
    Decision,
    Licence,
    Mandate,
    Principal,
    Refusal,
    User,
)
from compliance.rulebook.codec import finding_from_row
from compliance.selectors.complaints import complaints_for

Role = User.Role
OVERSIGHT = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE, Role.SUPERVISOR})
READERS = OVERSIGHT | {Role.REGULATOR}
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})


class PersonField(serializers.Serializer[Any]):
    """A person: a number of our own, and the telephone number without its middle."""

    id = serializers.IntegerField(source="pk")
    masked = serializers.CharField()


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


class OfPerson(ListQuery):
    """Of one person, by our own number of them (from `people`), or of all."""

    person = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


def of_person(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    """Keep what is about the person, if one was asked for."""
    return rows.filter(person_id=asked["person"]) if "person" in asked else rows


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


def _mandate(row: Mandate) -> dict[str, Any]:
    return {
        "contract": row.contract_number,
        "valid_from": row.valid_from.isoformat(),
        "last_day": row.last_day.isoformat(),
        "document_sha256": row.document_sha256,
    }
