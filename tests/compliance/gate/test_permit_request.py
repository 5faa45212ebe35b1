"""The one door, end to end through the database: who gets a permit."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from audit.uuid7 import uuid7
from compliance.gate import PERMIT_TTL, DecidedOtherwiseError, PermitRefusal
from compliance.models import (
    Decision,
    Permit,
    Person,
    Trunk,
)
from compliance.services.filing_pause import NotAResumerError, filing_pause, filing_resume
from compliance.services.kill_switch import kill_switch_engage
from tests.compliance.gate.answers import other_filing, refused_by
from tests.world import (
    ACTOR,
    MORNING,
    World,
    ask,
    callee,
    consent,
    make_principal,
    make_seats,
    permitted,
    released,
)

pytestmark = pytest.mark.django_db


class TestPermit:
    def test_is_issued_for_exactly_the_call_that_was_asked_for(
        self, world: World, person: Person
    ) -> None:
        permit = permitted(world, person)

        assert (permit.person_id, permit.seat_id) == (person.pk, world.seat.pk)
        assert (permit.filing_id, permit.trunk_id) == (world.filing.pk, world.trunk.pk)
        assert permit.caller_number_id == world.caller_number.pk
        assert permit.consent_id == person.consents.get().pk
        assert permit.state == Permit.State.ISSUED

    def test_lives_ten_seconds_and_no_longer(self, world: World, person: Person) -> None:
        permit = permitted(world, person)

        assert permit.expires_at - permit.issued_at == PERMIT_TTL == timedelta(seconds=10)

    def test_is_the_same_for_the_same_request(self, world: World, person: Person) -> None:
        request = uuid7(MORNING)

        first = ask(world, person, request=request)
        again = ask(world, person, request=request)

        assert first == again
        assert Permit.objects.count() == Decision.objects.count() == 1

    def test_is_refused_again_for_a_refused_request_even_if_it_would_be_allowed_by_now(
        self, world: World
    ) -> None:
        stranger, request = callee(world, place=7, consented=False), uuid7(MORNING)
        first = ask(world, stranger, request=request)
        consent(world.filing, [stranger])

        again = ask(world, stranger, request=request)

        assert isinstance(first, PermitRefusal)
        assert again == first
        assert Decision.objects.count() == 1

    @pytest.mark.parametrize("other", ["person", "seat", "filing"])
    def test_is_not_given_for_a_request_id_of_another_call(
        self, world: World, person: Person, other: str
    ) -> None:
        request = uuid7(MORNING)
        ask(world, person, request=request)
        calls: dict[str, Callable[[], object]] = {
            "person": lambda: ask(world, callee(world, place=1), request=request),
            "seat": lambda: ask(world, person, seat=world.seats[1], request=request),
            "filing": lambda: ask(world, person, filing=other_filing(world), request=request),
        }

        with pytest.raises(DecidedOtherwiseError):
            calls[other]()

        assert Permit.objects.count() == 1


class TestSwitches:
    def test_leave_no_trace_once_released(self, world: World, person: Person) -> None:
        switch = kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        )
        released(world, switch)

        assert isinstance(ask(world, person), Permit)

    def test_of_another_principal_stop_nobody_else(self, world: World, person: Person) -> None:
        other = make_principal(name="另一家教育", industry="education")
        kill_switch_engage(
            scope="principal", target=str(other.pk), reason="x", actor=ACTOR, now=MORNING
        )

        assert isinstance(ask(world, person), Permit)

    def test_let_a_paused_campaign_call_again_only_when_it_is_resumed(
        self, world: World, person: Person
    ) -> None:
        filing_pause(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)
        refused_by(ask(world, person))

        for by in (world.people.author, world.seat.agent):
            with pytest.raises(NotAResumerError, match=r"不得恢复外呼任务.*may not resume"):
                filing_resume(filing=world.filing, by=by, reason="x", now=MORNING)
        refused_by(ask(world, person))

        filing_resume(filing=world.filing, by=world.people.approver, reason="x", now=MORNING)

        assert isinstance(ask(world, person), Permit)


class TestTheLastSlots:
    """Near a cap of the caller number or trunk the gate counts alone; the answer is the same."""

    def test_are_given_out_to_the_last_one(self, world: World) -> None:
        Trunk.objects.update(max_calls=5)
        seats = [*world.seats, *make_seats(4)]

        answers = [
            ask(world, callee(world, place=place), seat=seat) for place, seat in enumerate(seats)
        ]

        assert [isinstance(answer, Permit) for answer in answers] == [True] * 5 + [False]

    def test_leave_one_decision_a_request(self, world: World, person: Person) -> None:
        Trunk.objects.update(max_calls=1)

        request: UUID = uuid7(MORNING)
        permit = ask(world, person, request=request)

        assert isinstance(permit, Permit)
        assert Decision.objects.get().pk == request
