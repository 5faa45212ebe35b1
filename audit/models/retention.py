"""What has been dropped of the trail once it was old enough, and what may not be."""

from django.db import models
from django.db.models import F, Q


class AuditDropped(models.Model):
    """Leaves whose entries went with their month; the leaves and tiles themselves stay."""

    lo = models.BigIntegerField(primary_key=True)  # the first leaf index
    hi = models.BigIntegerField()  # the first after them
    month = models.DateField()
    certificate = models.UUIDField()  # the entry on the trail that says so

    class Meta:
        db_table = "audit_dropped"
        verbose_name = "dropped range 已删除区间"
        verbose_name_plural = "dropped ranges 已删除区间"

    def __str__(self) -> str:
        return f"{self.lo}-{self.hi}"


class AuditLegalHold(models.Model):
    """Days whose entries may not go, until two people say so."""

    since = models.DateField()
    until = models.DateField()  # the last day
    reason = models.CharField(max_length=400)
    placed_by = models.CharField(max_length=160)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=160, blank=True, default="")
    lifted_with = models.CharField(max_length=160, blank=True, default="")  # somebody else
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "audit_legal_hold"
        verbose_name = "legal hold 法律保全"
        verbose_name_plural = "legal holds 法律保全"
        constraints = [
            models.CheckConstraint(
                name="audit_legal_hold_ends_behind", condition=Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="audit_legal_hold_lifted_by_two",
                condition=Q(lifted_at__isnull=True)
                | (~Q(lifted_by="") & ~Q(lifted_with="") & ~Q(lifted_by=F("lifted_with"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since} - {self.until}"
