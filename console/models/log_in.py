"""The sessions of people, so that they can see and end their own and nobody has many."""

from django.db import models


class LogInSession(models.Model):
    """One log-in; it is over when its session is gone."""

    user = models.ForeignKey("compliance.User", on_delete=models.CASCADE, related_name="log_ins")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=64)  # sha256 of the browser's mark
    agent = models.CharField(max_length=120, blank=True)  # what the browser calls itself
    began_at = models.DateTimeField()  # host's clock

    def __str__(self) -> str:
        return f"log-in {self.pk}"
