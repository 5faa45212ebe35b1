"""Each condition of the statement that spends a permit, alone: nobody voided, no epoch moved."""

from datetime import timedelta
from uuid import uuid4

import pytest

from compliance.models import CampaignFiling, Consent, Permit, Person, Principal
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.redemption import PermitUnusableError, callee_of
from compliance.services.kill_switch import kill_switch_engage
from compliance.services.refusal_record import refusal_record
from tests.compliance.gate.attacker import sql, unseen
from tests.compliance.gate.records import (
    YESTERDAY,
    sign_again,
    withdraw_unseen,
    write_consent,
    write_lift,
    write_refusal,
    write_switch,
)
from tests.compliance.gate.spending import spend, unusable
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callee,
    callees,
    consent,
    make_campaign,
    make_principal,
    permitted,
    refuse,
    released,
)

pytestmark = pytest.mark.django_db


def campaign(world: World, *, principal: Principal, purpose: str = "P3") -> CampaignFiling:
    return make_campaign(
        people=world.people,
        principal=principal,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="other",
        purpose=purpose,
    ).filing


def move(person: Person, province: str) -> None:
    with unseen():
        Person.objects.filter(pk=person.pk).update(provinces=[province])


class TestAPermit:
    def test_is_spent_alone(self, world: World) -> None:
        one, two = callees(world, 2)
        first, second = permitted(world, one), permitted(world, two, seat=world.seats[1])

        spend(first)

        second.refresh_from_db()
        assert second.state == Permit.State.ISSUED

    def test_is_worth_nothing_beyond_ten_seconds_even_if_the_gate_signed_it(
        self, permit: Permit
    ) -> None:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("ALTER TABLE compliance_permit DROP CONSTRAINT permit_lives_ten_seconds_at_most")
        sign_again(permit, expires_at=permit.issued_at + timedelta(seconds=10, microseconds=1))

        unusable(permit)

    def test_is_spent_a_second_before_its_issue_at_most(self, permit: Permit) -> None:
        early = {"issued_at": MORNING + timedelta(seconds=1)}

        sign_again(permit, **early, expires_at=MORNING + timedelta(seconds=11))

        spend(permit)

    def test_that_does_not_exist_has_no_callee(self, world: World) -> None:
        with pytest.raises(PermitUnusableError, match="There is no permit"):
            callee_of(uuid4())


class TestACampaign:
    def test_that_is_paused_is_not_taken_for_another_one(self, world: World) -> None:
        campaign(world, principal=world.principal)
        permit = permitted(world, callee(world))
        with unseen():
            CampaignFiling.objects.filter(pk=permit.filing_id).update(state="paused")

        unusable(permit)


class TestAConsent:
    def test_that_ends_later_carries_the_call(self, world: World) -> None:
        person = callee(world, consented=False)
        consent(world.filing, [person], expires_at=MORNING + timedelta(microseconds=1))

        spend(permitted(world, person))

    def test_that_is_withdrawn_is_not_taken_for_another_one(
        self, world: World, person: Person
    ) -> None:
        consent(world.filing, [person], given_at=YESTERDAY)
        permit = permitted(world, person)

        withdraw_unseen(permit.consent)

        unusable(permit)

    def test_of_somebody_else_carries_nothing_even_if_the_gate_signed_it(
        self, world: World
    ) -> None:
        person, other = callees(world, 2)
        permit = permitted(world, person)

        sign_again(permit, consent=Consent.objects.get(person=other))

        unusable(permit)


class TestARefusal:
    def test_of_somebody_else_stops_nothing(self, world: World) -> None:
        person, other = callees(world, 2)
        permit = permitted(world, person)

        refuse(other, world.principal)

        spend(permit)

    def test_of_another_purpose_stops_nothing(self, world: World, permit: Permit) -> None:
        refusal_record(
            person_id=permit.person_id,
            principal=world.principal,
            source="web",
            evidence="x",
            actor=ACTOR,
            now=MORNING,
            purpose="P6",
        )

        spend(permit)

    def test_of_this_purpose_stops_the_call(self, world: World, permit: Permit) -> None:
        write_refusal(permit.person, purpose="P3")

        unusable(permit)

    def test_of_every_call_does_not_keep_a_public_notice_away(self, permit: Permit) -> None:
        with unseen():
            CampaignFiling.objects.update(purpose=BEYOND_EVERYWHERE)
        write_refusal(permit.person)

        spend(permit)

    @pytest.mark.parametrize("purpose", ["P3", BEYOND_EVERYWHERE.value])
    def test_of_the_principal_stops_every_purpose_whatever_its_industry_is_now(
        self, world: World, permit: Permit, purpose: str
    ) -> None:
        with unseen():
            CampaignFiling.objects.update(purpose=purpose)
        write_refusal(permit.person, world.principal, industry="retail")

        unusable(permit)

    def test_of_the_industry_stops_the_call(self, world: World) -> None:
        other = make_principal(name="另一家教育", industry="education")
        permit = permitted(world, callee(world))

        write_refusal(permit.person, other, industry="education")

        unusable(permit)


class TestALift:
    """What was refused stands, unless this very refusal is lifted for this very purpose."""

    @pytest.fixture
    def person(self, world: World) -> Person:
        person = callee(world)
        consent(world.filing, [person], given_at=YESTERDAY)
        return person

    def test_lets_the_call_through_for_as_long_as_its_consent_stands(
        self, world: World, person: Person
    ) -> None:
        permit = permitted(world, person)
        earlier = Consent.objects.filter(person=person).earliest("given_at")
        assert earlier.pk != permit.consent_id
        write_lift(world, write_refusal(person), earlier)

        spend(permit)

    def test_is_over_with_its_consent_though_others_stand(
        self, world: World, person: Person
    ) -> None:
        permit = permitted(world, person)
        earlier = Consent.objects.filter(person=person).earliest("given_at")
        write_lift(world, write_refusal(person), earlier)

        withdraw_unseen(earlier)

        unusable(permit)

    @pytest.mark.parametrize(("microseconds", "lifted"), [(0, False), (1, True)])
    def test_is_over_when_its_consent_is(
        self, world: World, person: Person, *, microseconds: int, lifted: bool
    ) -> None:
        permit = permitted(world, person)
        ends_at = MORNING + timedelta(microseconds=microseconds)
        by = write_consent(person, permit.filing.whitelist, expires_at=ends_at)

        write_lift(world, write_refusal(person), by)

        (spend if lifted else unusable)(permit)

    def test_of_one_refusal_leaves_another(self, world: World, person: Person) -> None:
        permit = permitted(world, person)
        write_lift(world, write_refusal(person), permit.consent)

        write_refusal(person)

        unusable(permit)

    @pytest.mark.parametrize(("whose", "purpose"), [("theirs", "P3"), ("ours", "P6")])
    def test_for_another_principal_or_purpose_lifts_nothing_here(
        self, world: World, person: Person, whose: str, purpose: str
    ) -> None:
        theirs = make_principal(name="晚星教育科技有限公司", industry="education")
        principal = world.principal if whose == "ours" else theirs
        other = campaign(world, principal=principal, purpose=purpose)
        permit = permitted(world, person)

        write_lift(world, write_refusal(person), write_consent(person, other.whitelist))

        unusable(permit)


class TestASwitch:
    def test_that_was_released_stops_nothing(self, world: World, person: Person) -> None:
        switch = kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        )
        released(world, switch)

        spend(permitted(world, person))

    @pytest.mark.parametrize("scope", ["principal", "industry"])
    def test_stops_the_principal_and_the_industry(
        self, world: World, permit: Permit, scope: str
    ) -> None:
        targets = {"principal": str(world.principal.pk), "industry": "education"}

        write_switch(scope, targets[scope])

        unusable(permit)

    @pytest.mark.parametrize("scope", ["principal", "industry", "province"])
    def test_of_another_principal_industry_or_province_stops_nothing(
        self, world: World, scope: str
    ) -> None:
        other = make_principal(name="另一家公司", industry="retail")
        person, elsewhere = callees(world, 2)
        move(person, "CN-SH")
        move(elsewhere, "CN-BJ")
        permit = permitted(world, person)

        targets = {"principal": str(other.pk), "industry": "retail", "province": "CN-BJ"}
        write_switch(scope, targets[scope])

        spend(permit)

    def test_of_an_industry_is_none_of_a_province(self, permit: Permit) -> None:
        move(permit.person, "CN-*")  # the callee may be anywhere

        write_switch("industry", "retail")

        spend(permit)
