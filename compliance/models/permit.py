"""Leave to place one call: single use, ten seconds at most, signed by the gate."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.consent import Consent
from compliance.models.decision import Decision
from compliance.models.filing import CampaignFiling
from compliance.models.lines import CallerNumber, Trunk
from compliance.models.person import Person
from compliance.models.seat import Seat


class PermitQuerySet(models.QuerySet["Permit"]):
    """Filters over permits."""

    def open(self) -> "PermitQuerySet":
        """Keep the permits that are issued or whose call is up."""
        return self.filter(state__in=[Permit.State.ISSUED, Permit.State.REDEEMED])


class Permit(models.Model):
    """One permit 外呼许可, which is also the ledger row that every cap counts."""

    class State(models.TextChoices):
        """Where the permit stands; only the arrows in the database's trigger exist."""

        ISSUED = "issued", _("issued")
        REDEEMED = "redeemed", _("call placed")
        CLOSED = "closed", _("call ended")
        EXPIRED = "expired", _("expired unused")
        VOID = "void", _("voided before use")

    id = models.UUIDField(primary_key=True)  # UUIDv7
    # No foreign-key constraints here: the trigger `permit_birth` checks all seven at once and that
    # they belong together, and none of the rows that they name can be deleted or moved away.
    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="permit", db_constraint=False
    )
    filing = models.ForeignKey(
        CampaignFiling,
        on_delete=models.PROTECT,
        related_name="permits",
        db_constraint=False,
        db_index=False,
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="permits",
        db_constraint=False,
        db_index=False,
    )
    seat = models.ForeignKey(
        Seat,
        on_delete=models.PROTECT,
        related_name="permits",
        db_constraint=False,
        db_index=False,
    )
    trunk = models.ForeignKey(
        Trunk,
        on_delete=models.PROTECT,
        related_name="permits",
        db_constraint=False,
        db_index=False,
    )
    caller_number = models.ForeignKey(
        CallerNumber,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    consent = models.ForeignKey(
        Consent,
        on_delete=models.PROTECT,
        related_name="permits",
        db_constraint=False,
        db_index=False,
    )
    epoch = models.BigIntegerField()  # of the parties, lines and filings that it was judged on
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    signature = models.BinaryField()  # Ed25519 over compliance.permit_seal.sealed_bytes
    state = models.CharField(max_length=8, choices=State.choices, default=State.ISSUED)
    redeemed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)  # dialer.lines.base.Outcome
    talk_seconds = models.PositiveIntegerField(null=True)
    void_reason = models.CharField(max_length=64, blank=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "issued_at"]),
            models.Index(fields=["seat", "issued_at"]),
            models.Index(fields=["caller_number", "issued_at"]),
            models.Index(
                fields=["trunk"],
                name="permit_open_on_trunk",
                condition=models.Q(state__in=["issued", "redeemed"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                name="permit_one_open_per_person",
                condition=models.Q(state__in=["issued", "redeemed"]),
            ),
            models.UniqueConstraint(
                fields=["seat"],
                name="permit_one_open_per_seat",
                condition=models.Q(state__in=["issued", "redeemed"]),
            ),
            models.CheckConstraint(
                name="permit_lives_ten_seconds_at_most",
                condition=models.Q(
                    expires_at__lte=models.F("issued_at")
                    + models.Value("10 seconds", output_field=models.DurationField())
                ),
            ),
            models.CheckConstraint(
                name="permit_redeemed_has_an_instant",
                condition=models.Q(state__in=["issued", "expired", "void"], redeemed_at=None)
                | models.Q(state__in=["redeemed", "closed"], redeemed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
