"""Which days are workdays, and which are quiet: what the State Council and others announced."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CalendarYear(models.Model):
    """One year by the State Council's notice: proposed by one person, approved by another."""

    year = models.PositiveSmallIntegerField()
    notice_number = models.CharField(max_length=64)  # 国办发明电〔2025〕7号
    notice_sha256 = models.CharField(max_length=64)  # of the notice as it was published
    days = models.CharField(max_length=366)  # a letter a day from 1 January: w workday, o off-day
    sha256 = models.CharField(max_length=64)  # of the year, the notice and the days
    proposed_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_year_needs_two_people",
                condition=models.Q(approved_by=None, approved_at=None)
                | (
                    models.Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~models.Q(approved_by=models.F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="calendar_year_is_whole",
                condition=models.Q(
                    days__regex=r"^[wo]{200}[wo]{165,166}$",
                    notice_sha256__regex=r"^[0-9a-f]{64}$",
                    year__gte=2020,
                    year__lt=2100,
                )
                & ~models.Q(notice_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.notice_number}"


class QuietDays(models.Model):
    """Days on which nobody there is called. One person declares them; two take them back."""

    first_day = models.DateField()
    last_day = models.DateField()
    provinces = ArrayField(models.CharField(max_length=8))  # ISO 3166-2; "CN-*" for everywhere
    reason = models.CharField(max_length=128)
    source = models.CharField(max_length=128)  # the announcement that they follow
    declared_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    revoke_asked_by = models.ForeignKey(
        "User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_days_are_days_somewhere",
                condition=models.Q(last_day__gte=models.F("first_day"), provinces__len__gt=0),
            ),
            models.CheckConstraint(
                name="quiet_days_end_by_two_people",
                condition=models.Q(revoked_by=None, revoked_at=None)
                | (
                    models.Q(revoked_at__isnull=False, revoke_asked_by__isnull=False)
                    & models.Q(revoked_by__isnull=False)
                    & ~models.Q(revoked_by=models.F("revoke_asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} {self.last_day} {self.reason}"
