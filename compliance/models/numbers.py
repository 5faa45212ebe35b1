"""What is known of numbers besides whose they are: protected ones, and ones that changed hands."""

from django.db import models

from compliance.models.person import Person


class ProtectedNumber(models.Model):
    """A number of an organisation that no campaign may ring. Rows are added, never taken away."""

    class Kind(models.TextChoices):
        """Whose number it is."""

        RESCUE = "rescue", "emergency or rescue desk"
        HOSPITAL = "hospital", "hospital"
        SCHOOL = "school", "school"
        AUTHORITY = "authority", "public authority"
        HOTLINE = "hotline", "public hotline"

    number_index = models.BinaryField(unique=True)  # as compliance_person has it
    kind = models.CharField(max_length=16, choices=Kind.choices)
    organisation = models.CharField(max_length=128)
    source = models.CharField(max_length=128)  # where it was found to be theirs
    added_by = models.CharField(max_length=64)  # actor, as the audit trail names it
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.organisation}"


class NumberEvent(models.Model):
    """Something that tells whether a number is still the same person's. Append-only."""

    class Kind(models.TextChoices):
        """What happened, or was found."""

        EMPTY = "empty", "nobody has the number"
        ACTIVATED = "activated", "somebody was given the number"
        IN_USE = "in_use", "the number is in use"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="number_events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField()  # when it was so
    source = models.CharField(max_length=64)  # permit:…, or the service that was asked
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"])]
        constraints = [
            models.CheckConstraint(
                name="number_event_is_not_ahead",
                condition=models.Q(at__lte=models.F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
