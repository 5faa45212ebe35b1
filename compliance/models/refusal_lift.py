"""Lifting a refusal 解除拒绝: the person's own later consent, and two people who looked at it."""

from django.db import models

from compliance.models.consent import Consent
from compliance.models.refusal import Refusal


class LiftRequest(models.Model):
    """The first of the two: this consent lifts that refusal. By itself it lifts nothing."""

    refusal = models.ForeignKey(Refusal, on_delete=models.PROTECT, related_name="lift_requests")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"lift request {self.pk}"


class RefusalLift(models.Model):
    """A refusal that is lifted for as long as the consent stands that lifted it.

    And only for the principal and the purpose of that consent; towards all others it stands.

    The database holds it to the request, the consent and the refusal that it names: the same
    person, a later consent that nobody withdrew, given outside a call, and two people.
    """

    refusal = models.OneToOneField(Refusal, on_delete=models.PROTECT, related_name="lift")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(LiftRequest, on_delete=models.PROTECT, related_name="lift")
    first_approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    second_approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refusal_lift_needs_two_people",
                condition=~models.Q(first_approver=models.F("second_approver")),
            ),
        ]

    def __str__(self) -> str:
        return f"lift of refusal {self.refusal_id}"
