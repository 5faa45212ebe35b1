"""What an agent's desk asks of the seat's own call: to end it, to hold it, to press keys in it."""

from django.db import models

from compliance.models import User
from dialer.models.attempt import Attempt


class DeskPress(models.Model):
    """One press; the process that holds the call carries it out once, at once or never."""

    class What(models.TextChoices):
        """The whole list: no call is ever led to anybody else."""

        HANG_UP = "hang_up", "end the call"
        HOLD = "hold", "let the callee wait"
        RESUME = "resume", "go on talking"
        DIGITS = "digits", "press keys"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="presses")
    what = models.CharField(max_length=8, choices=What.choices)
    digits = models.CharField(max_length=20, blank=True)  # emptied as they are pressed
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="desk_press_is_on_the_list",
                condition=models.Q(what__in=["hang_up", "hold", "resume", "digits"])
                & models.Q(digits__regex=r"^[0-9*#A-D]*$"),
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="desk_press_open", condition=models.Q(taken_at=None)),
        ]

    def __str__(self) -> str:
        return f"press {self.pk}: {self.what}"
