"""Say where the seats' phones are registered; it is never where a carrier is."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.models import User
from compliance.vault import seal, unseal
from dialer.models import SeatRegistrar, TrunkEndpoint
from dialer.services.seat_phone_set import NotAnAdministratorError

ANY_PORT = 0  # of a trunk whose name server says which


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrarReach:
    """The SIP side of a registrar: Kamailio of the house, or the customer's PBX."""

    host: str
    port: int
    local_host: str  # of this machine, that the phones send to
    username: str = ""
    password: str = ""
    rtp_ports: tuple[int, int] = (24_000, 28_000)


class CarrierThereError(Exception):
    """A registrar of seats and a carrier are never the same host and port."""


@transaction.atomic
def seat_registrar_set(
    *, code: str, reach: RegistrarReach, by: User, now: datetime
) -> SeatRegistrar:
    """Keep how to reach the registrar, its password sealed; line processes read it at the start.

    :raises NotAnAdministratorError: if the account may not
    :raises CarrierThereError: if a carrier's trunk is reached at that host and port
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active:
        raise NotAnAdministratorError(f"{by} may not say where the seats' phones are.")
    host = as_compared(reach.host)
    trunks = TrunkEndpoint.objects.filter(port__in=[reach.port, ANY_PORT])
    if host in {as_compared(each) for each in trunks.values_list("host", flat=True)}:
        raise CarrierThereError(f"{host}:{reach.port} is a carrier's.")
    low, high = reach.rtp_ports
    sealed = seal(reach.password, bound_to=bound(code)) if reach.password else b""
    registrar, _ = SeatRegistrar.objects.update_or_create(
        code=code,
        defaults={
            "host": host,
            "port": reach.port,
            "local_host": reach.local_host,
            "username": reach.username,
            "password_sealed": sealed,
            "rtp_port_low": low,
            "rtp_port_high": high,
        },
    )
    audit.record(
        "seat.registrar_set",
        obj=f"seat_registrar:{registrar.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"code": code, "host": host, "port": reach.port},
    )
    return registrar


def password_of(registrar: SeatRegistrar) -> str | None:
    """Return the registrar's password, if it has one."""
    sealed = bytes(registrar.password_sealed)
    return unseal(sealed, bound_to=bound(registrar.code)) if sealed else None


def as_compared(host: str) -> str:
    """Return a host's name as names of hosts are compared (RFC 4343)."""
    return host.strip().lower().rstrip(".")


def bound(code: str) -> bytes:
    """Return what a registrar's password is bound to; a trunk's code never looks like it."""
    return b"seat registrar " + code.encode()
