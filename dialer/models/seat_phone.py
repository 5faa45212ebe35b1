"""Where the seats' phones are: a registrar of the house, and each seat's address there."""

from django.db import models
from django.db.models.functions import Lower

from compliance.models import Seat


class SeatRegistrar(models.Model):
    """The house's own SIP registrar or PBX; never a carrier's host and port (a trigger)."""

    code = models.SlugField(max_length=32, unique=True)
    host = models.CharField(max_length=255)  # small letters, as names of hosts are compared
    port = models.PositiveIntegerField(default=5060)
    local_host = models.CharField(max_length=64, default="127.0.0.1")
    username = models.CharField(max_length=64, blank=True)
    password_sealed = models.BinaryField(default=b"")
    rtp_port_low = models.PositiveIntegerField(default=24000)
    rtp_port_high = models.PositiveIntegerField(default=28000)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="seat_registrar_host_is_small",
                condition=models.Q(host=Lower("host")) & ~models.Q(host__endswith="."),
            ),
            models.UniqueConstraint(fields=["host", "port"], name="seat_registrar_once"),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SeatPhone(models.Model):
    """The phone of one seat, by its address at a registrar: never a telephone number."""

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="phone")
    registrar = models.ForeignKey(SeatRegistrar, on_delete=models.PROTECT, related_name="phones")
    address = models.CharField(max_length=41)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="seat_phone_is_no_number",
                condition=models.Q(address__regex=r"^[a-z][a-z0-9-]{2,40}$")
                & ~models.Q(address__regex=r"([0-9][^0-9]*){7}"),
            ),
            models.UniqueConstraint(fields=["registrar", "address"], name="seat_phone_once"),
        ]

    def __str__(self) -> str:
        return self.address
