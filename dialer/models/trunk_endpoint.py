"""How to reach a trunk; what it may be used for is the line ledger's."""

from django.db import models

from compliance.models import Trunk


class TrunkEndpoint(models.Model):
    """The SIP side of one trunk."""

    trunk = models.OneToOneField(Trunk, on_delete=models.PROTECT, related_name="endpoint")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=5060)  # 0: as the name's SRV records say
    local_host = models.CharField(max_length=64, default="127.0.0.1")
    # As the carrier sees this machine, where a NAT stands between; empty: as it is learnt.
    public_host = models.CharField(max_length=64, blank=True)
    edge_host = models.CharField(max_length=255, blank=True)  # "": straight to the carrier
    edge_port = models.PositiveIntegerField(default=5060)
    username = models.CharField(max_length=64, blank=True)
    password_sealed = models.BinaryField(default=b"")
    registers = models.BooleanField(default=False)
    calls_per_second = models.PositiveIntegerField(null=True)  # the carrier's contract
    rtp_port_low = models.PositiveIntegerField(default=20000)
    rtp_port_high = models.PositiveIntegerField(default=24000)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
