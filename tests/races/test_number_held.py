"""From before the redemption until the INVITE has left, a refusal waits; then it ends the call."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from compliance.locks import number_held
from compliance.models import Permit, Refusal
from compliance.redemption import PermitUnusableError, redeem
from tests.world import (
    ACTOR,
    MORNING,
    World,
    build_world,
    callee,
    permitted,
    refuse,
    somebody_waits_for,
)

PATIENCE_SECONDS = 20.0


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


class Refusing(threading.Thread):
    """Somebody says no, in a session of their own."""

    def __init__(self, world: World, permit: Permit) -> None:
        super().__init__(daemon=True)
        self._world, self._permit = world, permit

    def run(self) -> None:
        try:
            refuse(self._permit.person, self._world.principal)
        finally:
            connection.close()


def spend(permit: Permit) -> None:
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."


class TestNumberHeld:
    def test_keeps_a_refusal_waiting_until_the_invite_has_left(self, world: World) -> None:
        permit = permitted(world, callee(world))
        refusing = Refusing(world, permit)

        with number_held(permit.person_id):
            spend(permit)
            refusing.start()
            until(lambda: somebody_waits_for(permit.person_id))
            at_the_invite = Refusal.objects.count()
        refusing.join(PATIENCE_SECONDS)

        assert at_the_invite == 0
        assert Refusal.objects.count() == 1
        permit.refresh_from_db()
        assert permit.state == Permit.State.REDEEMED

    def test_finds_a_permit_void_whose_refusal_came_first(self, world: World) -> None:
        permit = permitted(world, callee(world))
        refusing = Refusing(world, permit)
        refusing.start()
        refusing.join(PATIENCE_SECONDS)

        with number_held(permit.person_id), pytest.raises(PermitUnusableError):
            spend(permit)

        permit.refresh_from_db()
        assert permit.state == Permit.State.VOID

    def test_lets_go_if_the_redemption_fails(self, world: World) -> None:
        permit = permitted(world, callee(world))
        with number_held(permit.person_id):
            spend(permit)
        with pytest.raises(PermitUnusableError), number_held(permit.person_id):
            spend(permit)
        refusing = Refusing(world, permit)

        refusing.start()
        refusing.join(PATIENCE_SECONDS)

        assert Refusal.objects.count() == 1

    def test_holds_nobody_else_up(self, world: World) -> None:
        permit = permitted(world, callee(world))
        other = permitted(world, callee(world, place=1), seat=world.seats[1])
        refusing = Refusing(world, other)

        with number_held(permit.person_id):
            refusing.start()
            refusing.join(PATIENCE_SECONDS)

        assert Refusal.objects.get().person_id == other.person_id
