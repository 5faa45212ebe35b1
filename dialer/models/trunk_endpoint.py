"""How to reach a trunk; what it may be used for is the line ledger's."""

from django.db import models

from compliance.models import Trunk


class TrunkEndpoint(models.Model):
    """The SIP side of one trunk."""

    trunk = models.OneToOneField(Trunk, on_delete=models.PROTECT, related_name="endpoint")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=5060)
    local_host = models.CharField(max_length=64, default="127.0.0.1")
    username = models.CharField(max_length=64, blank=True)
    password_sealed = models.BinaryField(default=b"")
    registers = models.BooleanField(default=False)
    calls_per_second = models.PositiveIntegerField(null=True)  # the carrier's contract
    rtp_port_low = models.PositiveIntegerField(default=20000)
    rtp_port_high = models.PositiveIntegerField(default=24000)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
