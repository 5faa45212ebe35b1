"""Numbers of organisations, and numbers that change hands."""

from datetime import timedelta

import pytest
from django.db import Error as DatabaseError
from django.db import transaction

from compliance import clock
from compliance.gate import PermitRefusal
from compliance.models import NumberEvent, Permit, Person, ProtectedNumber
from compliance.numbers import normalise
from compliance.redemption import PermitUnusableError, redeem
from compliance.services.number_register import (
    NumberState,
    number_event_record,
    numbers_protect,
)
from compliance.services.permit_close import permit_close
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    build_world,
    callee,
    consent,
    let_time_pass,
    number_at,
    permitted,
)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def protect(place: int) -> int:
    return numbers_protect(
        numbers=[normalise(number_at(place))],
        kind=ProtectedNumber.Kind.HOSPITAL,
        organisation="某医院",
        source="医院官网",
        actor=ACTOR,
        now=MORNING,
    )


class TestProtectedNumber:
    def test_is_refused_whoever_agreed(self, world: World) -> None:
        person = callee(world)
        assert protect(0) == 1

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-NUM-10",)

    def test_stops_a_permit_that_is_out(self, world: World) -> None:
        permit = permitted(world, callee(world))
        protect(0)

        with pytest.raises(PermitUnusableError):
            redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=clock.read())

    def test_is_added_once_and_never_taken_away(self, world: World) -> None:
        assert protect(0) == 1
        assert protect(0) == 0

        with pytest.raises(DatabaseError), transaction.atomic():
            ProtectedNumber.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            ProtectedNumber.objects.update(organisation="另一家")

    def test_holds_although_it_committed_after_a_higher_id(self, world: World) -> None:
        person = callee(world, place=1)
        protect(0)
        ask(world, callee(world, place=2))  # the list is in memory from here on
        late = ProtectedNumber.objects.get()
        late.pk, late.number_index = late.pk - 1, bytes(person.number_index)

        late.save(force_insert=True)

        answer = ask(world, person, seat=world.seats[1])
        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-NUM-10",)

    def test_keeps_no_number(self, world: World) -> None:
        protect(0)

        row = ProtectedNumber.objects.get()

        assert number_at(0)[3:].encode() not in bytes(row.number_index)
        assert len(bytes(row.number_index)) == 32


class TestChangedHands:
    def test_after_an_empty_number_the_old_consent_does_not_hold(self, world: World) -> None:
        person = callee(world)
        permit = permitted(world, person)
        redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=clock.read())
        permit_close(
            permit_id=permit.pk,
            result="invalid_number",
            talk_seconds=0,
            ended_at=MORNING + timedelta(seconds=2),
        )
        let_time_pass(MORNING + timedelta(hours=5))
        Permit.objects.filter(pk=permit.pk).get()

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert {"CN13-NUM-12", "CN13-CON-01"} <= set(answer.rules)

    def test_a_new_consent_holds_again(self, world: World) -> None:
        person = callee(world)
        number_event_record(
            person=person,
            state=NumberState(kind=NumberEvent.Kind.ACTIVATED, at=MORNING - timedelta(hours=3)),
            source="carrier",
            actor=ACTOR,
            now=MORNING,
        )
        assert isinstance(ask(world, person), PermitRefusal)

        consent(world.filing, [person], given_at=MORNING - timedelta(hours=1))

        assert isinstance(ask(world, person), Permit)

    def test_a_check_that_finds_the_number_in_use_changes_nothing_else(self, world: World) -> None:
        person = callee(world)
        number_event_record(
            person=person,
            state=NumberState(kind=NumberEvent.Kind.IN_USE, at=MORNING - timedelta(hours=3)),
            source="carrier",
            actor=ACTOR,
            now=MORNING,
        )

        row = Person.objects.get(pk=person.pk)

        assert (row.vacant_at, row.checked_at) == (None, MORNING - timedelta(hours=3))
        assert isinstance(ask(world, person), Permit)

    def test_is_never_unlearned(self, world: World) -> None:
        person = callee(world)
        NumberEvent.objects.create(
            person=person,
            kind=NumberEvent.Kind.EMPTY,
            at=MORNING,
            source="test",
            recorded_at=MORNING,
        )
        rows = Person.objects.filter(pk=person.pk)

        for vacant_at in (None, MORNING - timedelta(days=1)):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(vacant_at=vacant_at)
        with pytest.raises(DatabaseError), transaction.atomic():
            NumberEvent.objects.all().delete()
