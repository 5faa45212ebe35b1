"""Reports that are made once and kept as they were: by the day, and of what was deleted."""

from django.db import models


class DailyReport(models.Model):
    """One edition of a day's report 日报, as the exact bytes that its digest is of."""

    day = models.DateField()
    edition = models.PositiveIntegerField()  # another one if records came in afterwards
    complete = models.BooleanField()  # the day was over
    body = models.BinaryField()  # canonical JSON
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "edition"], name="daily_report_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} edition {self.edition}"


class RetentionCertificate(models.Model):
    """What one run of the retention rules found and deleted 删除证明."""

    body = models.BinaryField()  # canonical JSON
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
