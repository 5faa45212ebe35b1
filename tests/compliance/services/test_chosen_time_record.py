"""CN13-TIM-08: a person's wish for a time is on record, and nobody calls before it."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import ChosenTime, Permit, Person
from compliance.services.chosen_time_record import NoSuchTimeError, chosen_time_record
from tests.world import ACTOR, MORNING, World, ask, beijing, build_world, callee, freeze, permitted

NOON = beijing("2026-03-11 12:30")


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def wish(world: World, person: Person, *, from_at: datetime, until_at: datetime) -> ChosenTime:
    return chosen_time_record(
        person_id=person.pk,
        principal=world.principal,
        from_at=from_at,
        until_at=until_at,
        evidence="permit: earlier call",
        actor=ACTOR,
        now=MORNING,
    )


class TestWish:
    def test_holds_back_and_then_opens_the_noon_rest(self, world: World) -> None:
        person = callee(world)
        wish(world, person, from_at=NOON, until_at=NOON + timedelta(minutes=30))

        before = ask(world, person)
        freeze(NOON)

        assert isinstance(before, PermitRefusal)
        assert (before.rules, before.retry_at) == (("CN13-TIM-08",), NOON)
        assert isinstance(ask(world, person), Permit)

    def test_opens_no_noon_for_anybody_else(self, world: World) -> None:
        other = callee(world, place=4)
        wish(world, callee(world), from_at=NOON, until_at=NOON + timedelta(minutes=30))
        freeze(NOON)

        answer = ask(world, other)

        assert isinstance(answer, PermitRefusal)
        assert "CN13-TIM-03" in answer.rules

    def test_voids_a_permit_that_nobody_used(self, world: World) -> None:
        person = callee(world)
        permit = permitted(world, person)

        wish(world, person, from_at=NOON, until_at=NOON + timedelta(minutes=30))

        permit.refresh_from_db()
        assert permit.state == Permit.State.VOID

    def test_is_overtaken_by_a_newer_one_and_never_changed(self, world: World) -> None:
        person = callee(world)
        first = wish(world, person, from_at=NOON, until_at=NOON + timedelta(minutes=30))
        wish(world, person, from_at=MORNING, until_at=MORNING + timedelta(minutes=30))

        assert isinstance(ask(world, person), Permit)
        with pytest.raises(DatabaseError), transaction.atomic():
            ChosenTime.objects.filter(pk=first.pk).update(from_at=MORNING)
        assert AuditEntry.objects.filter(action="chosen_time.recorded").count() == 2

    @pytest.mark.parametrize(
        ("begins", "ends"), [(-60, 0), (30, 30), (30, 20), (30 * 24 * 60, 30 * 24 * 60 + 1)]
    )
    def test_lies_ahead_within_a_month(self, world: World, begins: int, ends: int) -> None:
        with pytest.raises(NoSuchTimeError):
            wish(
                world,
                callee(world),
                from_at=MORNING + timedelta(minutes=begins),
                until_at=MORNING + timedelta(minutes=ends),
            )
