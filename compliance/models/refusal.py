"""A person's no. Rows are added and never changed; the database refuses anything else."""

from django.db import models

from compliance.models.parties import Principal
from compliance.models.person import Person
from compliance.models.words import Industry, Purpose, RefusalSource

# A refusal of every call does not keep a public emergency from the person: CN13-REF-09 says so
# too, and so does what spends a permit.
BEYOND_EVERYWHERE = Purpose.PUBLIC_NOTICE


class Refusal(models.Model):
    """One refusal: who, towards whom, for what, through which channel, when."""

    # No foreign-key constraint: the trigger `of_somebody` looks once for all rows of a statement,
    # and nobody can delete a person.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="refusals", db_constraint=False
    )
    principal = models.ForeignKey(
        Principal, on_delete=models.PROTECT, null=True, related_name="refusals"
    )
    industry = models.CharField(max_length=16, choices=Industry.choices, blank=True)
    everywhere = models.BooleanField()
    purpose = models.CharField(max_length=2, choices=Purpose.choices, blank=True)  # "": every one
    source = models.CharField(max_length=16, choices=RefusalSource.choices)
    evidence = models.CharField(max_length=128)  # what proves it: a call's permit, a file's hash
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)  # actor, as the audit trail names it

    class Meta:
        indexes = [models.Index(fields=["person"])]
        constraints = [
            models.CheckConstraint(
                name="refusal_has_a_scope",
                condition=models.Q(everywhere=True)
                | (models.Q(principal__isnull=False) & ~models.Q(industry="")),
            ),
        ]

    def __str__(self) -> str:
        return f"refusal {self.pk}"
