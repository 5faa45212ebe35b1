"""The live state of a seat: who is ready, who is on a call."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import Permit, Seat
from dialer.models.campaign import Campaign


class SeatSession(models.Model):
    """What a seat is doing now. Only the agent's own press makes it ready."""

    class State(models.TextChoices):
        """What the agent is doing."""

        OFFLINE = "offline", _("offline")
        READY = "ready", _("ready")
        RESERVED = "reserved", _("reserved for a call")
        ON_CALL = "on_call", _("on a call")
        WRAP_UP = "wrap_up", _("wrap-up")
        BREAK = "break", _("on a break")

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="session")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="sessions"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFLINE)
    since = models.DateTimeField()
    previews = models.BooleanField(default=False)  # the press asked to see the person first
    capped_until = models.DateTimeField(null=True)  # a cap of the seat is used up until then
    permit = models.OneToOneField(
        Permit, on_delete=models.PROTECT, null=True, related_name="session"
    )
    phone_up_at = models.DateTimeField(null=True)  # since when the seat's phone is connected

    class Meta:
        indexes = [models.Index(fields=["campaign", "state"])]

    def __str__(self) -> str:
        return f"seat {self.seat_id}: {self.state}"

    def move(self, *, to: "SeatSession.State", frm: "SeatSession.State", now: datetime) -> bool:
        """Change state if the seat is still in `frm`. Return False if it is not."""
        still = SeatSession.objects.filter(pk=self.pk, state=frm)
        return still.update(state=to, since=now) == 1
