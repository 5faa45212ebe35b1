"""A consent form 同意书模板: the text that people are shown, reviewed by a second person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compliance.models.parties import Principal
from compliance.models.words import Purpose


class ConsentForm(models.Model):
    """One reviewed text of one principal; consents given under any other text carry no call."""

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="forms")
    purposes = ArrayField(models.CharField(max_length=2, choices=Purpose.choices))
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    separate_box = models.BooleanField()  # a box of its own, not part of other terms
    unticked = models.BooleanField()  # the person ticks it
    names_principal = models.BooleanField()
    names_purpose = models.BooleanField()
    names_phone = models.BooleanField()  # says that it is about telephone calls
    states_ai = models.BooleanField()  # says whether a machine may speak
    explains_withdrawal = models.BooleanField()
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "text_sha256"], name="consent_form_once_per_principal"
            ),
            models.CheckConstraint(
                name="consent_form_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="consent_form_bundles_nothing",
                condition=models.Q(
                    separate_box=True,
                    unticked=True,
                    names_principal=True,
                    names_purpose=True,
                    names_phone=True,
                    states_ai=True,
                    explains_withdrawal=True,
                    purposes__len__gt=0,
                )
                & ~models.Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"consent form {self.pk}"
