"""One person to reach in one campaign."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models import ContactList, Person
from dialer.models.campaign import Campaign


class LeadQuerySet(models.QuerySet["Lead"]):
    """Filters over leads."""

    def due(self, *, now: datetime) -> "LeadQuerySet":
        """Keep the leads that may be tried now, the longest due first."""
        return self.filter(state=Lead.State.WAITING, due_at__lte=now).order_by("due_at", "pk")


class Lead(models.Model):
    """One person to reach in one campaign; the next try is `due_at`, never a broker's timer."""

    class State(models.TextChoices):
        """Where the lead stands."""

        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being tried")
        BLOCKED = "blocked", _("refused by the rulebook")
        DONE = "done", _("done")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leads")
    # No foreign-key constraints on what nobody can delete: the trigger `list_use` looks once for
    # all leads of a statement whether their people and lists exist. One by one, and each locked,
    # they would be a quarter of a large import.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="leads", db_constraint=False
    )
    contact_list = models.ForeignKey(
        ContactList, on_delete=models.PROTECT, related_name="leads", db_constraint=False
    )
    name_sealed = models.BinaryField()  # encrypted like the number; empty if the list has none
    external_ref = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()  # UTC instant before which nobody may try
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_decision = models.UUIDField(null=True)
    last_result = models.CharField(max_length=16, blank=True)  # dialer.lines.base.Outcome

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "person"], name="lead_once_per_campaign"),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "due_at", "id"],
                name="lead_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["claimed_at"], name="lead_claimed", condition=models.Q(state="claimed")
            ),
        ]

    def __str__(self) -> str:
        return f"lead {self.pk}"

    def claim(self, *, now: datetime) -> bool:
        """Take the lead for one attempt. Return False if another worker has it."""
        waiting = Lead.objects.filter(pk=self.pk, state=Lead.State.WAITING)
        return waiting.update(state=Lead.State.CLAIMED, claimed_at=now) == 1
