"""One import of one list, from its first row read to what came of it; any process can watch it."""

from django.db import models


class ListImport(models.Model):
    """What is being imported, how far it is, and what it changes; rows are never deleted."""

    class Kind(models.TextChoices):
        """What the list holds."""

        CONSENTS = "consents", "consents"
        REFUSALS = "refusals", "refusals"
        LEADS = "leads", "leads"

    class Stage(models.TextChoices):
        """Where the import stands."""

        READING = "reading", "the file is being read into staging"
        COMPARING = "comparing", "what was read is being compared with what is there"
        PLANNED = "planned", "staged; waits to be applied"
        APPLYING = "applying", "is being applied in one transaction"
        APPLIED = "applied", "applied"
        UNCHANGED = "unchanged", "it held nothing new"
        DISCARDED = "discarded", "was never applied"
        BROKEN = "broken", "ended before it was planned; nothing of it was applied"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    terms = models.JSONField()  # what was asked for: ids and choices, never a number
    target = models.CharField(max_length=32, blank=True)  # "whitelist:2", once that is known
    file_sha256 = models.CharField(max_length=64)
    planned_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    applied_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    columns_dropped = models.JSONField(default=dict)  # how many were not read, by kind of data
    stage = models.CharField(max_length=9, choices=Stage.choices, default=Stage.READING)
    rows = models.PositiveIntegerField()  # in the file
    rows_read = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)  # of those read, so many are staged
    rejected = models.JSONField(default=dict)  # how many, by the code of the reason
    diff = models.JSONField(default=dict)  # added, changed, known, withdrawn
    notes = models.JSONField(default=list)  # pairs of sentences, zh and en
    began_at = models.DateTimeField()
    moved_at = models.DateTimeField()  # when the row was last written to
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["file_sha256"], name="list_import_of_file")]

    def __str__(self) -> str:
        return f"import {self.pk}"
