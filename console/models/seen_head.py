"""The head of the audit tree that somebody saw last: what they hold the next one against."""

from django.db import models


class SeenHead(models.Model):
    """One person's last sight of the tree; never replaced by one that does not continue it."""

    user = models.OneToOneField("compliance.User", on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=200)  # which log
    size = models.BigIntegerField()
    root = models.BinaryField()  # 32 bytes
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.size}"
