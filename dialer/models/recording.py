"""What was said in one call, and where it stands: open, kept, or deleted with a proof."""

from django.db import models

from dialer.models.attempt import Attempt


class Recording(models.Model):
    """One call's recording 录音; its file is named by `id` and tells nothing of the call.

    The database lets a row go from open to closed or cut, and from there to deleted, not before
    its floor; nothing else of it ever changes.
    """

    class State(models.TextChoices):
        """Where the recording stands."""

        OPEN = "open", "being recorded"
        CLOSED = "closed", "whole"
        CUT = "cut", "cut short"
        DELETED = "deleted", "deleted"

    id = models.UUIDField(primary_key=True)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="recording")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    key_id = models.CharField(max_length=16)  # of the public key that the file is sealed for
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    cut_because = models.CharField(max_length=16, blank=True)
    samples = models.BigIntegerField(default=0)  # of each side, at 8 kHz since the answer
    audio_sha256 = models.CharField(max_length=64, blank=True)  # of the WAV's samples
    file_sha256 = models.CharField(max_length=64, blank=True)
    bytes = models.BigIntegerField(default=0)  # 0: nothing was said, there is no file
    kind = models.CharField(max_length=32, blank=True)  # retention class, once closed
    floor_until = models.DateTimeField(null=True)  # the law has us keep it until then
    keep_until = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_because = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"], name="recording_open", condition=models.Q(state="open")
            ),
            models.Index(
                fields=["keep_until"],
                name="recording_kept",
                condition=models.Q(state__in=["closed", "cut"]),
            ),
        ]

    def __str__(self) -> str:
        return f"recording {self.pk}"
