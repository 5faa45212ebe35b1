"""Admit people to the house: accounts with one role, and registered seats."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.keepers import keepers_only
from compliance.models import Outlet, Seat, User


@transaction.atomic
def user_create(
    *,
    username: str,
    password_hash: str,
    role: str,
    real_name: str,
    actor: str,
    now: datetime,
    agreed_by: User | None = None,
) -> User:
    """Create an account; the caller hashed the password (django.contrib.auth.hashers)."""
    user = User.objects.create(
        username=username, password=password_hash, role=role, real_name=real_name
    )
    data = {"role": role} | ({"agreed_by": f"u:{agreed_by.pk}"} if agreed_by else {})
    audit.record("user.created", obj=f"u:{user.pk}", actor=actor, now=now, data=data)
    return user


@transaction.atomic
def seat_register(*, code: str, outlet: Outlet, agent: User, actor: str, now: datetime) -> Seat:
    """Register a seat for one real person; the database refuses one beyond the outlet's quota.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    seat = Seat.objects.create(code=code, outlet=outlet, agent=agent)
    audit.record(
        "seat.registered",
        obj=f"seat:{seat.pk}",
        actor=actor,
        now=now,
        data={"outlet": outlet.code, "agent": agent.pk},
    )
    return seat


@transaction.atomic
def seat_close(*, seat: Seat, actor: str, now: datetime) -> None:
    """Take a seat out of service and free its place in the outlet.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    seat.active = False
    seat.save(update_fields=["active"])
    audit.record("seat.closed", obj=f"seat:{seat.pk}", actor=actor, now=now)
