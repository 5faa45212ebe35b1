"""Say where a seat's phone is: an address at the house's registrar, never a telephone number."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Seat, User
from dialer.lines.seat.address import seat_address
from dialer.models import SeatPhone, SeatRegistrar


class NotAnAdministratorError(DeniedError):
    """Only an administrator says where the seats' phones are."""


@transaction.atomic
def seat_phone_set(
    *, seat: Seat, registrar: SeatRegistrar, address: str, by: User, now: datetime
) -> SeatPhone:
    """Keep the seat's address; the line process calls it as soon as the agent is at work.

    :raises NotAnAdministratorError: if the account may not
    :raises SeatAddressError: if the address could be a telephone number
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active:
        raise NotAnAdministratorError(f"{by} may not say where the phone of {seat} is.")
    phone, _ = SeatPhone.objects.update_or_create(
        seat=seat, defaults={"registrar": registrar, "address": seat_address(address)}
    )
    audit.record(
        "seat.phone_set",
        obj=f"seat:{seat.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"registrar": registrar.code, "address": phone.address},
    )
    return phone
