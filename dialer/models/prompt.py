"""What a machine says 语音文件: a sound file by its digest, and who has approved it."""

from django.db import models

from compliance.models import ScriptVersion, User


class Prompt(models.Model):
    """One approved file that speaks one part of one version of a script; never altered.

    The newest of a part counts. The words are the script's: two people approved them, the lint has
    read them, and the rules of a machine's calls look at them before every call.
    """

    class Part(models.TextChoices):
        """Which part of the script the file speaks."""

        NOTICE = "notice", "通知 the whole notice"
        NOBODY = "nobody", "无人接听 nobody can be put on"
        SORRY = "sorry", "致歉 who called, and how to refuse, where no agent is heard in time"

    script = models.ForeignKey(ScriptVersion, on_delete=models.PROTECT, related_name="prompts")
    part = models.CharField(max_length=8, choices=Part.choices)
    sha256 = models.CharField(max_length=64)  # of the file; it is named so
    text_sha256 = models.CharField(max_length=64)  # of the words that it speaks
    milliseconds = models.PositiveIntegerField()
    cloned = models.BooleanField()  # it imitates a real person's voice
    licence_sha256 = models.CharField(max_length=64, blank=True)  # that person's leave to do so
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="prompt_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="prompt_clones_by_licence",
                condition=models.Q(cloned=False)
                | models.Q(licence_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="prompt_has_a_digest",
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"prompt {self.pk} ({self.part})"
