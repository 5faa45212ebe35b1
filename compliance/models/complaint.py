"""A complaint 投诉: a case that is opened once, and a history that is only ever added to."""

from django.db import models

from compliance.models.filing import CampaignFiling
from compliance.models.lines import Trunk
from compliance.models.parties import Principal
from compliance.models.permit import Permit
from compliance.models.person import Person
from compliance.models.refusal import Refusal
from compliance.models.seat import Seat


class Complaint(models.Model):
    """What somebody complained of; calling them stopped before anybody looked at it."""

    class Channel(models.TextChoices):
        """Through which channel it came."""

        CALL_BACK = "call_back", "a call to us"
        C12321 = "12321", "12321 reporting centre"
        C12300 = "12300", "12300 user appeals"
        C12315 = "12315", "12315 consumer hotline"
        C12345 = "12345", "12345 city hotline"
        CARRIER = "carrier", "carrier"
        WEB = "web", "public page"
        LETTER = "letter", "letter"
        IN_CALL = "in_call", "said during a call"

    channel = models.CharField(max_length=16, choices=Channel.choices)
    external_ref = models.CharField(max_length=64, blank=True)  # the channel's own case number
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="complaints")
    refusal = models.OneToOneField(Refusal, on_delete=models.PROTECT, related_name="complaint")
    summary = models.TextField(blank=True)  # without telephone numbers
    received_at = models.DateTimeField()  # the clocks run from this local day
    recorded_at = models.DateTimeField()  # the database's instant
    recorded_by = models.CharField(max_length=64)  # actor, as the audit trail names it
    internal_due_on = models.DateField()
    escalate_on = models.DateField()
    due_on = models.DateField()  # the campaign waits from this day on
    # Proves that it is the complainant who closes it; empty: only compliance can.
    receipt_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_ref"],
                name="complaint_once_per_reference",
                condition=~models.Q(external_ref=""),
            ),
            models.CheckConstraint(
                name="complaint_clocks_in_order",
                condition=models.Q(internal_due_on__lte=models.F("escalate_on"))
                & models.Q(escalate_on__lte=models.F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class ComplaintAccused(models.Model):
    """A call, or a party, that the complaint is about; whoever is tied to it stays away."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="accused")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    # As they were then: who moves to another seat or outlet stays away all the same.
    agent = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    outlet = models.CharField(max_length=64, blank=True)
    filing = models.ForeignKey(
        CampaignFiling, on_delete=models.PROTECT, null=True, related_name="complaints"
    )
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, null=True, related_name="+")
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="complaint_accuses_somebody",
                condition=models.Q(seat__isnull=False)
                | models.Q(filing__isnull=False)
                | models.Q(principal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"accused {self.pk}"


class ComplaintEvent(models.Model):
    """One step of a case; never changed, never removed."""

    class Kind(models.TextChoices):
        """What happened."""

        ASSIGNED = "assigned", "given to a handler"
        NOTED = "noted", "note"
        UPHELD = "upheld", "found to be right"
        REJECTED = "rejected", "found not to be right"
        ANSWERED = "answered", "answered to the channel"
        LATE = "late", "our own time is over"
        ESCALATED = "escalated", "escalated"
        OVERDUE = "overdue", "not closed in time"
        PACKED = "packed", "evidence pack made"
        CLOSED = "closed", "closed"

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=64)  # as the audit trail names it
    handler = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the pack, answer or document
    receipt = models.CharField(max_length=64, blank=True)  # shown by the complainant who closes
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                name="complaint_closed_once",
                condition=models.Q(kind="closed"),
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                name="complaint_found_once",
                condition=models.Q(kind__in=["upheld", "rejected"]),
            ),
            models.UniqueConstraint(
                fields=["complaint", "kind"],
                name="complaint_clock_rings_once",
                condition=models.Q(kind__in=["late", "escalated", "overdue"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of complaint {self.complaint_id}"


class AccountTie(models.Model):
    """An account that belongs to an outlet or a principal, and so takes no part in its cases."""

    user = models.ForeignKey("User", on_delete=models.PROTECT, related_name="ties")
    outlet = models.CharField(max_length=64, blank=True)
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, null=True, related_name="+")
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tie_to_somebody",
                condition=~models.Q(outlet="") | models.Q(principal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"tie {self.pk}"
