"""Breaches of data 泄露处置: the playbook for them, and each one with its clocks."""

from django.db import models


class Playbook(models.Model):
    """What is done when data leaks 处置预案, as two people signed it off; the newest counts."""

    document_sha256 = models.CharField(max_length=64)
    rehearsed_on = models.DateField()
    review_on = models.DateField()  # the last day before it has to be rehearsed again
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="playbook_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="playbook_is_a_document",
                condition=models.Q(
                    document_sha256__regex=r"^[0-9a-f]{64}$",
                    review_on__gt=models.F("rehearsed_on"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"playbook {self.pk}"


class Incident(models.Model):
    """Personal information leaked, was altered or lost, or may have been (PIPL 57)."""

    class Kind(models.TextChoices):
        """What happened to the data."""

        LEAKED = "leaked", "leaked"
        ALTERED = "altered", "altered"
        LOST = "lost", "lost"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    summary = models.TextField()  # without telephone numbers
    data_kinds = models.CharField(max_length=256)  # which kinds of data
    persons = models.PositiveIntegerField(null=True)  # how many people; null: not known yet
    noticed_at = models.DateTimeField()  # the clocks run from here
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)  # actor
    contain_by = models.DateTimeField()
    report_by = models.DateTimeField()  # to the authority
    notify_by = models.DateTimeField()  # to the people whose data it is

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_says_what",
                condition=~models.Q(summary="") & ~models.Q(data_kinds=""),
            ),
            models.CheckConstraint(
                name="incident_clocks_run",
                condition=models.Q(
                    contain_by__gte=models.F("noticed_at"),
                    report_by__gte=models.F("noticed_at"),
                    notify_by__gte=models.F("noticed_at"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.pk}"


class IncidentEvent(models.Model):
    """One step of an incident; never changed, never removed."""

    class Kind(models.TextChoices):
        """What was done."""

        NOTED = "noted", "note"
        CONTAINED = "contained", "contained"
        REPORTED = "reported", "reported to the authority"
        NOTIFIED = "notified", "people told"
        SPARED = "spared", "no harm can come of it: people need not be told"
        CLOSED = "closed", "closed"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        "User", on_delete=models.PROTECT, null=True, related_name="+"
    )  # a second person, where nobody is told, and at the end
    note = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the report or notice
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind"],
                name="incident_step_once",
                condition=~models.Q(kind="noted"),
            ),
            models.CheckConstraint(
                name="incident_notice_is_a_document",
                condition=~models.Q(kind__in=["reported", "notified"])
                | models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="incident_end_needs_two_people",
                condition=~models.Q(kind__in=["spared", "closed"])
                | (
                    models.Q(approver__isnull=False)
                    & ~models.Q(approver=models.F("by"))
                    & ~models.Q(note="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of incident {self.incident_id}"
