"""What a seat's agent pressed: ready for the next call, and since when without a break."""

from django.db import models

from compliance.models.seat import Seat


class SeatDuty(models.Model):
    """One row for each seat that was ever ready; every press is in the audit trail too."""

    seat = models.OneToOneField(
        Seat, on_delete=models.PROTECT, primary_key=True, related_name="duty"
    )
    ready_at = models.DateTimeField()  # the last press of "ready"
    on_duty_since = models.DateTimeField()  # since then there was no full break

    def __str__(self) -> str:
        return f"seat {self.seat_id} on duty since {self.on_duty_since:%H:%M}"
