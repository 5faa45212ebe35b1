"""Say how to reach a trunk; whether it may be used is the line ledger's and the rulebook's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Trunk, User
from compliance.vault import seal
from dialer.line_process.process import is_loopback
from dialer.models import TrunkEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The SIP side of a trunk, as its carrier states it."""

    host: str
    port: int
    local_host: str  # of this machine, that media comes back to
    username: str = ""
    password: str = ""
    registers: bool = False
    calls_per_second: int | None = None


class NotAnAdministratorError(DeniedError):
    """Only an administrator says where calls go out."""


class LoopbackElsewhereError(Exception):
    """A trunk that the ledger calls loopback stays inside this machine."""


@transaction.atomic
def endpoint_set(*, trunk: Trunk, reach: Reach, by: User, now: datetime) -> TrunkEndpoint:
    """Keep how to reach the trunk, its password sealed; a line process reads it when it starts.

    :raises NotAnAdministratorError: if the account may not
    :raises LoopbackElsewhereError: if a loopback trunk would reach another machine
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active:
        raise NotAnAdministratorError(f"{by} may not say how to reach {trunk}.")
    if trunk.kind == Trunk.Kind.LOOPBACK and not is_loopback(reach.host):
        raise LoopbackElsewhereError(f"{trunk} is loopback; {reach.host} is another machine.")
    sealed = seal(reach.password, bound_to=trunk.code.encode()) if reach.password else b""
    endpoint, _ = TrunkEndpoint.objects.update_or_create(
        trunk=trunk,
        defaults={
            "host": reach.host,
            "port": reach.port,
            "local_host": reach.local_host,
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
        data={"host": reach.host, "port": reach.port, "registers": reach.registers},
    )
    return endpoint
