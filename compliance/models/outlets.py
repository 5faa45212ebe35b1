"""Outlets 门店/职场: where seats are, who stands behind them, and what was seen on site."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

QUOTA = 5  # RULEBOOK AGT-02; the database holds it


class Outlet(models.Model):
    """One place of work with its legal person and its on-site proof."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=64)
    address = models.CharField(max_length=256)
    province = models.CharField(max_length=8, blank=True)  # ISO 3166-2; "" is unknown
    company = models.CharField(max_length=128)  # the entity that runs the outlet
    credit_code = models.CharField(max_length=18)  # 统一社会信用代码
    legal_person_index = models.BinaryField()  # HMAC of the name, to find shared ones
    legal_person_sealed = models.BinaryField()
    network = models.CharField(max_length=64, blank=True)  # registered address range, for links
    photo_sha256 = models.CharField(max_length=64, blank=True)  # on-site proof: photograph …
    lease_sha256 = models.CharField(max_length=64, blank=True)  # … and lease
    inspected_on = models.DateField(null=True)
    inspected_by = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    seat_quota = models.PositiveSmallIntegerField(default=QUOTA)
    active = models.BooleanField(default=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outlet_quota_at_most_five",
                condition=models.Q(seat_quota__gte=1, seat_quota__lte=QUOTA),
            ),
            models.CheckConstraint(
                name="outlet_inspection_has_proof",
                condition=models.Q(inspected_on__isnull=True)
                | models.Q(
                    inspected_by__isnull=False,
                    photo_sha256__regex=r"^[0-9a-f]{64}$",
                    lease_sha256__regex=r"^[0-9a-f]{64}$",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class OutletReview(models.Model):
    """Two people of compliance looked at what links an outlet with others; append-only."""

    class Verdict(models.TextChoices):
        """What they found."""

        CLEAR = "clear", "the links are explained"
        HOLD = "hold", "the outlet is held"

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    links = ArrayField(models.CharField(max_length=96))  # what they looked at: "kind:outlet"
    reason = models.CharField(max_length=256)
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outlet_review_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.verdict}"
