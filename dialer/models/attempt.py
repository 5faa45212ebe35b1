"""One try to reach a lead, whatever came of it: the call record 话单."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import Permit
from dialer.models.lead import Lead


class Attempt(models.Model):
    """What happened on the line under one permit; opened before the INVITE leaves."""

    class Disposition(models.TextChoices):
        """What came of the conversation."""

        NONE = "", _("none")
        TALKED = "talked", _("talked")
        REFUSED = "refused", _("the person refused")
        UNREACHED = "unreached", _("not reached")

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="attempt")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="tries")
    line_process = models.CharField(max_length=64)  # which run of run_lines holds the call
    call_id = models.CharField(max_length=128, blank=True, db_index=True)  # SIP Call-ID
    started_at = models.DateTimeField()
    ringing_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    bridged_after_ms = models.PositiveIntegerField(null=True)  # answer to seat's phone
    agent_after_ms = models.PositiveIntegerField(null=True)  # answer to the first sound of it
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)  # dialer.lines.base.Outcome, "" while up
    sip_code = models.PositiveSmallIntegerField(null=True)
    q850 = models.PositiveSmallIntegerField(null=True)
    ended_by = models.CharField(max_length=8, blank=True)  # dialer.lines.base.EndedBy, or "agent"
    disposition = models.CharField(
        max_length=16, choices=Disposition.choices, default=Disposition.NONE, blank=True
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"], name="attempt_up", condition=models.Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
