"""What came of a what-if replay: the report, as the page shows it again later."""

from django.db import models

from console.models.job import Job


class ReplayReport(models.Model):
    """The report of one job; its digest is on the audit trail."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, primary_key=True)
    edition = models.ForeignKey(
        "compliance.PackEdition", on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: a change that nobody has proposed yet
    report = models.JSONField()  # compliance.services.rules_replay

    def __str__(self) -> str:
        return f"replay {self.job_id}"
