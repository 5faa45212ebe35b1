"""What stops or bends everything at once: the kill switch and the demo's clock."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.words import Industry
from compliance.numbers import PROVINCES


class KillSwitch(models.Model):
    """No new call for the platform, a principal, an industry or a province until its release."""

    class Scope(models.TextChoices):
        """How far a switch reaches."""

        PLATFORM = "platform", _("everything")
        PRINCIPAL = "principal", _("one principal")
        INDUSTRY = "industry", _("one industry")
        PROVINCE = "province", "one province"

    scope = models.CharField(max_length=16, choices=Scope.choices)
    target = models.CharField(max_length=64, blank=True)  # principal id, industry or ISO 3166-2
    reason = models.CharField(max_length=256)
    engaged_by = models.CharField(max_length=64)
    engaged_at = models.DateTimeField()
    released_by = models.CharField(max_length=64, blank=True)
    # Another person than `released_by`; empty: released before it took two, or not released.
    release_asked_by = models.CharField(max_length=64, blank=True, db_default="")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="killswitch_released_by_two",
                condition=models.Q(release_asked_by="")
                | ~models.Q(release_asked_by=models.F("released_by")),
            ),
            models.CheckConstraint(  # a mistyped target would stop nobody
                name="killswitch_reaches_somebody",
                condition=models.Q(scope="platform")
                | (models.Q(scope="principal") & ~models.Q(target=""))
                | models.Q(scope="industry", target__in=Industry.values)
                | models.Q(scope="province", target__in=sorted(PROVINCES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.target}"


class DemoClock(models.Model):
    """A stated clock for the demo and the tests; the database refuses it beside a real carrier."""

    sole = models.BooleanField(default=True, unique=True, editable=False)
    base_at = models.DateTimeField()  # what the clock showed …
    started_at = models.DateTimeField()  # … at this real instant
    running = models.BooleanField()  # False: it stands still at base_at
    set_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="democlock_is_one", condition=models.Q(sole=True)),
        ]

    def __str__(self) -> str:
        return f"{self.base_at:%Y-%m-%d %H:%M}"


class Epoch(models.Model):
    """A number that goes up with every change of parties, lines, filings, seats and switches."""

    sole = models.BooleanField(default=True, unique=True, editable=False)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
