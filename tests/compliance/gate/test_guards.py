"""The database as referee: what no path of ours, and no hand with its password, may do."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.uuid7 import uuid7
from compliance.models import (
    CampaignFiling,
    Consent,
    Decision,
    DemoClock,
    Epoch,
    KillSwitch,
    Permit,
    Person,
    Refusal,
    ScriptVersion,
    Trunk,
)
from compliance.redemption import redeem
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_activate import NotASecondPersonError, filing_activate
from compliance.services.filing_pause import filing_close
from compliance.services.kill_switch import kill_switch_engage
from tests.compliance.gate.attacker import sql
from tests.world import (
    ACTOR,
    MORNING,
    World,
    build_world,
    callee,
    make_campaign,
    make_trunk,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def permit(world: World) -> Permit:
    return permitted(world, callee(world))


def forbidden(statement: str, *parameters: object, match: str) -> None:
    """Check that the database itself refuses the statement, and for that reason."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        sql(statement, parameters)


def spend(permit: Permit) -> None:
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)


class TestPermit:
    @pytest.mark.parametrize(
        "change",
        [
            "expires_at = expires_at + interval '1 second'",
            "issued_at = issued_at - interval '1 second'",
            "signature = ''",
            "epoch = epoch + 1",
            "consent_id = NULL",
            "seat_id = seat_id + 1",
            "decision_id = gen_random_uuid()",
            "id = gen_random_uuid()",
        ],
    )
    def test_cannot_be_altered(self, permit: Permit, change: str) -> None:
        forbidden("UPDATE compliance_permit SET " + change, match="cannot be altered")

    def test_cannot_be_deleted(self, permit: Permit) -> None:
        forbidden("DELETE FROM compliance_permit", match="append-only")
        forbidden("TRUNCATE compliance_permit CASCADE", match="append-only")

    @pytest.mark.parametrize("state", ["issued", "expired", "void"])
    def test_never_comes_back_once_it_is_spent(self, permit: Permit, state: str) -> None:
        spend(permit)

        forbidden(
            "UPDATE compliance_permit SET state = %s, redeemed_at = NULL", state, match="cannot"
        )

    @pytest.mark.parametrize("state", ["issued", "redeemed", "closed"])
    @pytest.mark.parametrize("end", ["expired", "void"])
    def test_never_comes_back_from_the_dead(self, permit: Permit, end: str, state: str) -> None:
        sql("UPDATE compliance_permit SET state = %s", [end])

        forbidden(
            "UPDATE compliance_permit SET state = %s, redeemed_at = now()", state, match="cannot"
        )

    def test_is_not_redeemed_twice(self, permit: Permit) -> None:
        spend(permit)

        forbidden("UPDATE compliance_permit SET state = 'redeemed'", match="cannot go from")

    def test_keeps_the_instant_of_its_redemption(self, permit: Permit) -> None:
        spend(permit)

        forbidden(
            "UPDATE compliance_permit SET state = 'closed', redeemed_at = now() - interval '1 h'",
            match="cannot be moved",
        )

    def test_cannot_be_closed_without_a_call(self, permit: Permit) -> None:
        forbidden("UPDATE compliance_permit SET state = 'closed'", match="cannot go from")

    @pytest.mark.parametrize("verdict", ["refuse", "defer"])
    def test_is_not_born_without_a_decision_that_allows(
        self, world: World, permit: Permit, verdict: str
    ) -> None:
        decision = other_decision(world, verdict=verdict)

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

    def test_is_not_born_from_an_answered_question(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, kind=Decision.Kind.QUESTION)

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

    @pytest.mark.parametrize("other", ["person", "seat", "filing"])
    def test_is_not_born_for_another_call_than_the_decided_one(
        self, world: World, permit: Permit, other: str
    ) -> None:
        decision = other_decision(world)
        call = {"person": decision.person, "seat": world.seats[1], "filing": permit.filing}
        call[other] = {
            "person": callee(world, place=9),
            "seat": world.seat,
            "filing": draft(world),
        }[other]

        with pytest.raises(IntegrityError, match="allowed this very call"), transaction.atomic():
            copy(permit, decision=decision, **call)

    @pytest.mark.parametrize("state", ["redeemed", "closed", "void", "expired"])
    def test_is_born_open_or_not_at_all(self, world: World, permit: Permit, state: str) -> None:
        decision = other_decision(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            copy(
                permit,
                decision=decision,
                seat=world.seats[1],
                person=decision.person,
                state=state,
            )

    def test_lives_ten_seconds_at_most(self, world: World, permit: Permit) -> None:
        decision = other_decision(world)

        with pytest.raises(IntegrityError, match="ten_seconds"), transaction.atomic():
            copy(
                permit,
                decision=decision,
                seat=world.seats[1],
                person=decision.person,
                expires_at=MORNING + timedelta(seconds=11),
            )

    def test_is_the_only_open_one_of_its_person(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, person=permit.person)

        with pytest.raises(IntegrityError, match="one_open_per_person"), transaction.atomic():
            copy(permit, decision=decision, seat=world.seats[1])

    def test_is_the_only_open_one_of_its_seat(self, world: World, permit: Permit) -> None:
        decision = other_decision(world, seat=world.seat)

        with pytest.raises(IntegrityError, match="one_open_per_seat"), transaction.atomic():
            copy(permit, decision=decision, person=decision.person)

    def test_would_be_born_from_a_decision_that_allows_it(
        self, world: World, permit: Permit
    ) -> None:
        decision = other_decision(world)

        copy(permit, decision=decision, seat=world.seats[1], person=decision.person)

        assert Permit.objects.count() == 2


class TestDecision:
    def test_is_never_changed_or_removed(self, permit: Permit) -> None:
        forbidden("UPDATE compliance_decision SET verdict = 'allow'", match="append-only")
        forbidden("DELETE FROM compliance_decision", match="append-only")
        forbidden("TRUNCATE compliance_decision CASCADE", match="append-only")


class TestRefusal:
    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM compliance_refusal",
            "TRUNCATE compliance_refusal CASCADE",
            "UPDATE compliance_refusal SET everywhere = false",
            "UPDATE compliance_refusal SET person_id = person_id",
        ],
    )
    def test_is_never_changed_or_removed(self, world: World, statement: str) -> None:
        refuse(callee(world), None)

        forbidden(statement, match="append-only")

        assert Refusal.objects.count() == 1

    def test_reaches_somebody(self, world: World) -> None:
        with pytest.raises(IntegrityError, match="refusal_has_a_scope"), transaction.atomic():
            Refusal.objects.create(
                person=callee(world),
                everywhere=False,
                source="web",
                evidence="x",
                recorded_at=MORNING,
                recorded_by=ACTOR,
            )


class TestConsent:
    def test_cannot_be_withdrawn_twice_or_given_back(self, world: World) -> None:
        consent = callee(world).consents.get()
        assert consent_withdraw(consent=consent, actor=ACTOR, now=MORNING) is True
        assert consent_withdraw(consent=consent, actor=ACTOR, now=MORNING) is False

        forbidden("UPDATE compliance_consent SET withdrawn_at = NULL", match="only be withdrawn")
        forbidden("UPDATE compliance_consent SET withdrawn_at = now()", match="only be withdrawn")

    @pytest.mark.parametrize(
        "change",
        [
            "expires_at = now() + interval '9 years', withdrawn_at = now()",
            "given_at = now(), withdrawn_at = now()",
            "person_id = person_id + 1, withdrawn_at = now()",
            "method = 'x'",
        ],
    )
    def test_cannot_be_altered(self, world: World, change: str) -> None:
        callee(world)

        forbidden("UPDATE compliance_consent SET " + change, match="only be withdrawn")

    def test_cannot_be_deleted(self, world: World) -> None:
        callee(world)

        forbidden("DELETE FROM compliance_consent", match="append-only")
        assert Consent.objects.count() == 1

    @pytest.mark.parametrize("evidence", ["", "x" * 64, "AB" * 32])
    def test_needs_evidence(self, world: World, evidence: str) -> None:
        given = callee(world).consents.get()
        given.pk, given.evidence_sha256 = None, evidence

        with pytest.raises(IntegrityError, match="consent_has_evidence"), transaction.atomic():
            given.save(force_insert=True)


class TestPerson:
    def test_cannot_be_deleted(self, world: World) -> None:
        callee(world)

        forbidden("DELETE FROM compliance_person", match="append-only")
        assert Person.objects.count() == 1


class TestFiling:
    @pytest.mark.parametrize(
        "change",
        [
            "purpose = 'P1'",
            "industry = 'other'",
            "code = 'x'",
            "content = 'x'",
            "caller_number_id = caller_number_id + 1",
            "principal_id = principal_id + 1",
            "trunk_id = trunk_id + 1",
            "script_id = script_id + 1",
            "whitelist_id = whitelist_id + 1",
            "approver_id = author_id",
            "state = 'draft'",
        ],
    )
    def test_stays_as_it_was_registered(self, world: World, change: str) -> None:
        forbidden(
            "UPDATE compliance_campaignfiling SET " + change, match="cannot be altered|cannot go"
        )

    @pytest.mark.parametrize("state", ["active", "paused", "draft"])
    def test_never_opens_again(self, world: World, state: str) -> None:
        filing_close(filing=world.filing, actor=ACTOR, reason="x", now=MORNING)

        forbidden("UPDATE compliance_campaignfiling SET state = %s", state, match="cannot go")

    def test_is_not_activated_by_its_author(self, world: World) -> None:
        filing = draft(world)

        with pytest.raises(NotASecondPersonError):
            filing_activate(filing=filing, approver=world.people.author, now=MORNING)
        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'active', activated_at = now(),"
            " approver_id = author_id WHERE state = 'draft'",
            match="two_people",
        )

    def test_is_not_activated_by_nobody(self, world: World) -> None:
        draft(world)

        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'active', activated_at = now()"
            " WHERE state = 'draft'",
            match="two_people",
        )

    def test_is_not_paused_into_life(self, world: World) -> None:
        draft(world)

        forbidden(
            "UPDATE compliance_campaignfiling SET state = 'paused' WHERE state = 'draft'",
            match="two_people",
        )

    @pytest.mark.parametrize("element", ["name", "audience", "content", "contact"])
    def test_has_all_its_elements(self, world: World, element: str) -> None:
        filing = draft(world)
        filing.pk, filing.code = None, "copy"
        setattr(filing, element, "")

        with pytest.raises(IntegrityError, match="complete"), transaction.atomic():
            filing.save(force_insert=True)


class TestScript:
    def test_is_not_approved_by_its_author(self, world: World) -> None:
        script = ScriptVersion.objects.get()
        script.pk, script.version, script.approver = None, 2, script.author

        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            script.save(force_insert=True)


class TestDemoClock:
    def test_refuses_to_stand_beside_a_carrier_trunk(self, world: World) -> None:
        with pytest.raises(IntegrityError, match="demo clock"), transaction.atomic():
            make_trunk(world.operator, code="carrier", kind="carrier")

        assert Trunk.objects.count() == 1

    def test_refuses_a_loopback_trunk_that_becomes_a_carrier_trunk(self, world: World) -> None:
        forbidden("UPDATE compliance_trunk SET kind = 'carrier'", match="demo clock")

    def test_refuses_to_be_stated_where_a_carrier_trunk_is(self, world: World) -> None:
        sql("DELETE FROM compliance_democlock")
        make_trunk(world.operator, code="carrier", kind="carrier")

        with pytest.raises(IntegrityError, match="demo clock"), transaction.atomic():
            DemoClock.objects.create(base_at=MORNING, started_at=MORNING, running=False)

        assert not DemoClock.objects.exists()

    def test_is_one(self, world: World) -> None:
        forbidden(
            "INSERT INTO compliance_democlock (sole, base_at, started_at, running, set_by)"
            " VALUES (false, now(), now(), true, 'x')",
            match="democlock_is_one",
        )


class TestEpoch:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE compliance_operator SET regime = regime",
            "UPDATE compliance_licence SET area = area",
            "DELETE FROM compliance_licence",
            "UPDATE compliance_mandate SET contract_number = contract_number",
            "UPDATE compliance_trunk SET active = false",
            "UPDATE compliance_callernumber SET callout_opened = false",
            "DELETE FROM compliance_callernumber_trunks",
            "UPDATE compliance_campaignfiling SET state = 'paused'",
            "UPDATE compliance_scriptversion SET offers = true",
            "UPDATE compliance_seat SET active = false",
            "UPDATE compliance_democlock SET running = true",
        ],
    )
    def test_goes_up_with_every_change_of_what_permits_were_judged_on(
        self, world: World, statement: str
    ) -> None:
        before = Epoch.objects.get().value

        sql(statement)

        assert Epoch.objects.get().value > before

    def test_goes_up_with_the_kill_switch(self, world: World) -> None:
        before = Epoch.objects.get().value

        kill_switch_engage(scope="platform", target="", reason="x", actor=ACTOR, now=MORNING)

        assert KillSwitch.objects.count() == 1
        assert Epoch.objects.get().value > before


def draft(world: World) -> CampaignFiling:
    """Return a campaign that nobody has activated."""
    return make_campaign(
        people=world.people,
        principal=world.principal,
        caller_number=world.caller_number,
        trunk=world.trunk,
        code="draft",
        active=False,
    ).filing


def other_decision(world: World, **changes: object) -> Decision:
    """Write a decision as the gate would, without a permit, for the second seat."""
    model = Decision.objects.filter(kind=Decision.Kind.PERMIT).latest("at")
    given: dict[str, object] = {
        "id": uuid7(MORNING),
        "kind": model.kind,
        "origin": model.origin,
        "at": model.at,
        "filing": model.filing,
        "person": callee(world, place=8),
        "seat": world.seats[1],
        "verdict": "allow",
        "findings": model.findings,
        "objecting_rules": [],
        "facts": model.facts,
        "facts_digest": model.facts_digest,
        "book_digest": model.book_digest,
    }
    return Decision.objects.create(**{**given, **changes})


def copy(permit: Permit, **changes: object) -> Permit:
    """Insert another permit like this one."""
    fields = {field.attname: getattr(permit, field.attname) for field in Permit._meta.fields}
    twin = Permit(**{**fields, "id": uuid7(MORNING)})
    for name, value in changes.items():
        setattr(twin, name, value)
    if changes.get("state") in ("redeemed", "closed"):
        twin.redeemed_at = MORNING
    twin.save(force_insert=True)
    return twin


def test_the_clock_of_the_database_is_the_stated_one(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT compliance_now()")

        assert cursor.fetchone()[0] == MORNING
