"""Say how to reach a trunk; whether it may be used is the line ledger's and the rulebook's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Trunk, User
from compliance.vault import seal
from dialer.line_process.process import is_loopback
from dialer.lines.sip.config import SIP_PORT
from dialer.models import SeatRegistrar, TrunkEndpoint
from dialer.services.seat_registrar_set import ANY_PORT, as_compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The SIP side of a trunk, as its carrier states it."""

    host: str
    port: int
    local_host: str  # of this machine, that media comes back to
    public_host: str = ""  # of this machine as the carrier sees it, behind a NAT
    edge_host: str = ""  # of the edge that everything goes through; "": straight to the carrier
    edge_port: int = SIP_PORT
    username: str = ""
    password: str = ""
    registers: bool = False
    calls_per_second: int | None = None


class NotAnAdministratorError(DeniedError):
    """Only an administrator says where calls go out."""


class LoopbackElsewhereError(Exception):
    """A trunk that the ledger calls loopback stays inside this machine."""


class RegistrarThereError(Exception):
    """A carrier and a registrar of seats' phones are never the same host and port."""


@transaction.atomic
def endpoint_set(*, trunk: Trunk, reach: Reach, by: User, now: datetime) -> TrunkEndpoint:
    """Keep how to reach the trunk, its password sealed; a line process reads it when it starts.

    :raises NotAnAdministratorError: if the account may not
    :raises LoopbackElsewhereError: if a loopback trunk would reach another machine
    :raises RegistrarThereError: if seats' phones are registered at that host and port
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active:
        raise NotAnAdministratorError(f"{by} may not say how to reach {trunk}.")
    hops = [host for host in (reach.host, reach.edge_host) if host]
    if trunk.kind == Trunk.Kind.LOOPBACK and not all(map(is_loopback, hops)):
        raise LoopbackElsewhereError(f"{trunk} is loopback; {hops} is another machine.")
    there = SeatRegistrar.objects.filter(host=as_compared(reach.host))
    if (there.filter(port=reach.port) if reach.port != ANY_PORT else there).exists():
        raise RegistrarThereError(f"{reach.host}:{reach.port} is where seats' phones are.")
    sealed = seal(reach.password, bound_to=trunk.code.encode()) if reach.password else b""
    endpoint, _ = TrunkEndpoint.objects.update_or_create(
        trunk=trunk,
        defaults={
            "host": reach.host,
            "port": reach.port,
            "local_host": reach.local_host,
            "public_host": reach.public_host,
            "edge_host": reach.edge_host,
            "edge_port": reach.edge_port,
            "username": reach.username,
            "password_sealed": sealed,
            "registers": reach.registers,
            "calls_per_second": reach.calls_per_second,
        },
    )
    audit.record(
        "trunk.endpoint_set",
        obj=f"trunk:{trunk.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={
            "host": reach.host,
            "port": reach.port,
            "edge": reach.edge_host,
            "registers": reach.registers,
        },
    )
    return endpoint
