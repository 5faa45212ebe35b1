"""The line's own count: one row for each call whose INVITE it put on the wire."""

from django.db import models

from compliance.models import Permit, Person, Trunk


class LineInvite(models.Model):
    """A dialog-forming INVITE, as the line process wrote it down before it left; never changed."""

    id = models.UUIDField(primary_key=True)  # of the line in the process's own journal
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="+")
    permit = models.ForeignKey(
        Permit, on_delete=models.PROTECT, related_name="invites", null=True
    )  # null: it left without one
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    masked = models.CharField(max_length=32)  # the number that the bytes name
    caller = models.CharField(max_length=32)  # the number that the callee was shown
    disguised = models.BooleanField()  # another header named another number
    call_id = models.CharField(max_length=255)
    sent_at = models.DateTimeField(db_index=True)  # by the host's clock, whatever is stated
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invite {self.pk}"
