"""Since when each part is as it is, and what the last self-checks found."""

from django.db import models

from console.models.job import Job


class HealthMark(models.Model):
    """One part as it was seen last; moved whenever it is seen to be otherwise."""

    code = models.CharField(max_length=80, primary_key=True)  # console.health.part.Part.code
    state = models.CharField(max_length=8)
    since = models.DateTimeField()  # host's clock: when it was first seen so

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class SelfCheck(models.Model):
    """What one self-check found; added, never changed."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, primary_key=True)
    found = models.JSONField()  # console.health.check.Found, one after the other
    wrong = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"self-check {self.job_id}"
