"""What an agent writes down after a call 话后小结. Rows are added and never changed."""

from django.db import models

from compliance.models import Seat
from dialer.models.attempt import Attempt


class WrapUp(models.Model):
    """One word of an agent about a call; the last one counts, unless the person said no."""

    class Said(models.TextChoices):
        """The whole list: nothing here is a consent, an order or a signature."""

        TALKED = "talked", "talked with the person"
        CALL_AGAIN = "call_again", "the person named another time"
        WRONG_PERSON = "wrong_person", "somebody else answered"
        NOBODY = "nobody", "nobody spoke"
        REFUSED = "refused", "wants no more calls of this kind"
        REFUSED_ALL = "refused_all", "wants no more calls from anybody"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="wrap_ups")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    said = models.CharField(max_length=16, choices=Said.choices)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="wrap_up_is_on_the_list",
                condition=models.Q(
                    said__in=[
                        "talked",
                        "call_again",
                        "wrong_person",
                        "nobody",
                        "refused",
                        "refused_all",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"wrap-up {self.pk}"


REFUSALS = frozenset({WrapUp.Said.REFUSED, WrapUp.Said.REFUSED_ALL})
