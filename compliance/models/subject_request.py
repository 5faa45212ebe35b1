"""What a person asks about their own data 个人权利请求: taken in, timed, answered, on record."""

from django.db import models

from compliance.models.parties import Principal
from compliance.models.person import Person
from compliance.models.refusal import Refusal


class SubjectRequest(models.Model):
    """One request; written once, and everything after it is an event."""

    class Kind(models.TextChoices):
        """What the person asks for (PIPL 44–48)."""

        ACCESS = "access", "what we hold"
        COPY = "copy", "a copy to take along"
        CORRECTION = "correction", "something to be put right"
        DELETION = "deletion", "deletion"
        WITHDRAWAL = "withdrawal", "to take consent back"
        EXPLANATION = "explanation", "how data is handled"

    class Channel(models.TextChoices):
        """Through which channel it came."""

        CALL_BACK = "call_back", "a call to us"
        IN_CALL = "in_call", "said during a call"
        WEB = "web", "public page"
        LETTER = "letter", "letter"
        SMS = "sms", "text message"
        AUTHORITY = "authority", "passed on by an authority"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests")
    principal = models.ForeignKey(
        Principal, on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: everything that anybody here holds
    refusal = models.OneToOneField(
        Refusal, on_delete=models.PROTECT, null=True, related_name="subject_request"
    )  # no call any more, from the moment somebody asks for deletion
    received_at = models.DateTimeField()  # the clock runs from this local day
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)  # actor
    escalate_on = models.DateField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_request_clocks_in_order",
                condition=models.Q(escalate_on__lte=models.F("due_on")),
            ),
            models.CheckConstraint(
                name="subject_request_of_deletion_stops_calls",
                condition=~models.Q(kind="deletion") | models.Q(refusal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"subject request {self.pk}"


class SubjectRequestEvent(models.Model):
    """One step of a request; never changed, never removed."""

    class Kind(models.TextChoices):
        """What happened."""

        IDENTIFIED = "identified", "the person is who they say"
        NOTED = "noted", "note"
        ANSWERED = "answered", "answered"
        DECLINED = "declined", "declined with a reason"
        ESCALATED = "escalated", "escalated"
        OVERDUE = "overdue", "not answered in time"

    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=64)
    note = models.TextField(blank=True)  # without telephone numbers
    sha256 = models.CharField(max_length=64, blank=True)  # of the answer or of the proof
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                name="subject_request_ends_once",
                condition=models.Q(kind__in=["answered", "declined"]),
            ),
            models.UniqueConstraint(
                fields=["request", "kind"],
                name="subject_request_clock_rings_once",
                condition=models.Q(kind__in=["escalated", "overdue"]),
            ),
            models.CheckConstraint(
                name="subject_request_step_has_its_proof",
                condition=models.Q(kind__in=["escalated", "overdue", "noted"])
                | (
                    models.Q(kind__in=["answered", "identified"], by__isnull=False)
                    & models.Q(sha256__regex=r"^[0-9a-f]{64}$")
                )
                | (models.Q(kind="declined", by__isnull=False) & ~models.Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of subject request {self.request_id}"
