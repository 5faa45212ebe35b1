"""CN13-CMP-05 and CN13-GOV-04: the brake and the chain."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Epoch, Permit, Seat, Suspension
from compliance.selectors.suspension_facts import scope_of
from compliance.services.complaint_step import complaint_step
from compliance.services.suspension_resume import ResumptionRefusedError
from tests.compliance.complaints.braking import resume, rules
from tests.compliance.complaints.cases import complain, officer, talked, upheld
from tests.compliance.gate.referee import forbidden
from tests.world import ACTOR, MORNING, World, ask, build_world, callee, make_campaign, permitted

DAY = timedelta(days=1)


class TestBrake:
    def test_stops_a_campaign_that_connected_next_to_nobody(
        self, world: World, call: Permit
    ) -> None:
        upheld(world, 1)

        suspension = Suspension.objects.get()
        assert (scope_of(suspension), suspension.cause) == ("campaign", "rate")
        assert suspension.counts == {"upheld": 1, "connected": 1, "day": 1}
        assert rules(world, seat=world.seats[1]) == ("CN13-CMP-05",)

    def test_kills_the_permits_that_are_out(self, world: World) -> None:
        permit = permitted(world, callee(world, place=5))
        case = complain(1, filing=world.filing).complaint

        complaint_step(complaint=case, kind="upheld", by=world.people.approver, now=MORNING)

        assert Epoch.objects.get().value > permit.epoch  # and so nobody can redeem it

    def test_waits_until_the_complaint_is_found_right(self, world: World) -> None:
        case = complain(1, filing=world.filing).complaint
        complaint_step(complaint=case, kind="rejected", by=world.people.approver, now=MORNING)

        assert not Suspension.objects.exists()
        assert rules(world) == ()

    def test_leaves_another_campaign_alone(self, world: World) -> None:
        other = make_campaign(
            people=world.people,
            principal=world.principal,
            caller_number=world.caller_number,
            trunk=world.trunk,
            code="other",
        )

        upheld(world, 1)

        person = callee(world, place=500)
        assert isinstance(ask(world, person, filing=other.filing), Permit)

    def test_is_on_the_record_with_its_figures(self, world: World) -> None:
        upheld(world, 1)

        entry = AuditEntry.objects.get(action="suspension.begun")
        assert b'"counts":{"connected":0,"day":1,"upheld":1}' in bytes(entry.body)


class TestInsurance:
    def test_rests_the_principal_for_ninety_days_after_two_in_a_year(self, db: None) -> None:
        world = build_world(industry="insurance")
        upheld(world, 1)
        upheld(world, 2, now=MORNING + timedelta(minutes=1))

        of_principal = Suspension.objects.get(principal=world.principal)
        assert of_principal.cause == "year"
        assert of_principal.until == MORNING + timedelta(days=90, minutes=1)
        assert rules(world) == ("CN13-CMP-05", "CN13-GOV-04")

    def test_keeps_the_principal_for_all_of_them(self, db: None) -> None:
        world = build_world(industry="insurance")
        for place in (1, 2):
            upheld(world, place)
        suspension = Suspension.objects.get(principal=world.principal)
        people = [officer("one"), officer("two")]
        early = suspension.until
        assert early is not None

        world.freeze(early - DAY)
        with pytest.raises(ResumptionRefusedError, match="stands until"):
            resume(suspension, world.people.owner, *people, now=early - DAY)
        # A host whose clock runs ahead does not shorten it.
        with pytest.raises(ResumptionRefusedError, match="stands until"):
            resume(suspension, world.people.owner, *people, now=early)
        world.freeze(early)
        assert resume(suspension, world.people.owner, *people, now=early).resumed_at == early


class TestChain:
    def test_takes_the_seat_off_after_two(self, world: World) -> None:
        for place in (1, 2):
            world.freeze(MORNING + place * timedelta(minutes=1))
            call = talked(world, place=place)
            case = complain(place, permit_id=call.pk).complaint
            complaint_step(complaint=case, kind="upheld", by=world.people.approver, now=MORNING)
            if place == 1:
                first = Suspension.objects.get()
                resume(first, world.people.owner, officer("one"), officer("two"))

        of_seat = Suspension.objects.get(seat=world.seat)
        assert of_seat.counts == {"upheld": 2}
        assert Seat.objects.get(pk=world.seat.pk).active is False
        assert Seat.objects.get(pk=world.seats[1].pk).active is True

    def test_keeps_a_suspended_seat_inactive(self, world: World) -> None:
        seat = world.seat
        suspension = Suspension.objects.create(
            seat=seat, cause="chain", counts={}, begun_at=MORNING, begun_by=ACTOR
        )

        forbidden(
            "UPDATE compliance_seat SET active = true WHERE id = %s", seat.pk, match="suspended"
        )
        resume(suspension, world.people.owner, officer("one"), officer("two"))

        assert Seat.objects.get(pk=seat.pk).active is True

    @pytest.mark.parametrize("what", ["trunk", "principal"])
    def test_stops_whatever_goes_over_the_line_or_for_the_principal(
        self, world: World, what: str
    ) -> None:
        Suspension.objects.create(
            **{what: getattr(world, what)},
            cause="chain",
            counts={},
            begun_at=MORNING,
            begun_by=ACTOR,
        )

        assert rules(world) == ("CN13-GOV-04",)
