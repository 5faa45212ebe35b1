"""Work that takes longer than a page does; it goes on when the page is left."""

import uuid

from django.db import models


class Job(models.Model):
    """One piece of long work that somebody started."""

    class State(models.TextChoices):
        """Where it stands. Running is whoever holds its lock (console.jobs.alive)."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"  # its worker was killed

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)  # console.jobs.kinds
    arguments = models.JSONField(default=dict)
    owner = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()  # when somebody asked for it
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=200, blank=True)  # a path of this console
    words_zh = models.CharField(max_length=500, blank=True)  # what came of it, or why it failed
    words_en = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["started_at"],
                name="job_unfinished",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["owner", "-started_at"], name="job_of_owner"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}"
